// SPDX-License-Identifier: Apache-2.0
// One check, in a thread of its own where the browser has them, so that the page stays alive.
// What is shown afterwards are the very bytes that were checked: they come back from the thread.
import { Refused } from './bytes.js';
import { verifyBundle } from './verify.js';

const read = async (file) => (file === null ? null : new Uint8Array(await file.arrayBuffer()));

/** @param {{bundle: File, policy: Uint8Array | null, published: File | null}} asked */
async function check({ bundle, policy, published }) {
    const bytes = await read(bundle);
    const began = performance.now();
    try {
        const { verdict, shown, suggested } = await verifyBundle({
            bundle: bytes, policy, published: await read(published),
        });
        const at = (part) => part.byteOffset - bytes.byteOffset;
        return {
            verdict,
            bytes,
            suggested: suggested?.slice() ?? null,
            ms: performance.now() - began,
            /* A view of a large buffer would take all of it along. */
            shown: shown.map(({ stream, runs }) => ({ stream, runs: runs.map((r) => ({
                first: r.first, kinds: r.kinds.slice(), lengths: r.lengths.slice(),
                at: at(r.bytes), size: r.bytes.length,
            })) })),
        };
    } catch (error) {
        if (error instanceof Refused)
            return { refused: error.message };
        throw error;
    }
}

/** What the thread does. */
export function serve() {
    globalThis.onmessage = async ({ data }) => {
        try {
            const answer = await check(data);
            postMessage(answer, answer.bytes === undefined ? [] : [answer.bytes.buffer]);
        } catch (error) {
            postMessage({ failed: String(error?.message ?? error) });
        }
    };
}

function inThread(asked, script) {
    return new Promise((resolve, reject) => {
        const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
        const worker = new Worker(url);
        const end = (settle, value) => {
            worker.terminate();
            URL.revokeObjectURL(url);
            settle(value);
        };
        worker.onmessage = ({ data }) => end(resolve, data);
        worker.onerror = () => end(reject, new Error('no threads'));
        worker.postMessage(asked);
    });
}

/** @param {string} script  of this page */
export async function runJob(asked, script) {
    const answer = await inThread(asked, script)
        .catch(() => check(asked)
            .catch((error) => ({ failed: String(error?.message ?? error) })));
    for (const s of answer.shown ?? [])
        for (const r of s.runs)
            r.bytes = answer.bytes.subarray(r.at, r.at + r.size);
    return answer;
}
