// SPDX-License-Identifier: Apache-2.0
// Tests one after another, told as TAP.

let number = 0;
let failed = 0;

/** Runs one test; run may return "skip: why". */
export async function test(name, run) {
    number++;
    try {
        const told = await run();
        const skip =
            typeof told === 'string' && told.startsWith('skip: ')
                ? ` # SKIP ${told.slice(6)}`
                : '';
        console.log(`ok ${number} - ${name}${skip}`);
    } catch (error) {
        failed++;
        console.log(`not ok ${number} - ${name}`);
        console.log(String(error?.stack ?? error).replace(/^/gm, '#   '));
    }
}

export function done() {
    console.log(`1..${number}`);
    process.exitCode = failed > 0 ? 1 : 0;
}
