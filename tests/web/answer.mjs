// SPDX-License-Identifier: Apache-2.0
// What the verifier of the page says, in the form of tests/support/verify_many.c. core: what
// script/web built of web/verify/src/core.js.

export async function answer(core, { policy, bundle, published }) {
    try {
        const { verdict } = await core.verifyBundle({ policy, bundle, published });
        return {
            json: core.verdictJson(verdict, 'x.ewb'),
            text: core.verdictText(verdict, 'x.ewb'),
        };
    } catch (error) {
        if (!(error instanceof core.Refused)) throw error;
        return {
            json: JSON.stringify({ error: { code: error.code, message: error.message } }),
            text: '',
        };
    }
}
