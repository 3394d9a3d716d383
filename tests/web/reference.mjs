// SPDX-License-Identifier: Apache-2.0
// The C verifier as a process that answers many questions (tests/support/verify_many.c).
import { spawn } from 'node:child_process';

const NONE = 0xffffffff;

function piece(bytes) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes === null ? NONE : bytes.length);
    return bytes === null ? [length] : [length, bytes];
}

export class Reference {
    constructor(program) {
        this.child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
        this.waiting = [];
        this.pending = Buffer.alloc(0);
        this.child.stdout.on('data', (data) => {
            this.pending = Buffer.concat([this.pending, data]);
            while (this.waiting.length > 0 && this.takeAnswer()) continue;
        });
        this.child.on('close', (code) => {
            this.ended = code;
            for (const { reject } of this.waiting)
                reject(new Error(`the C verifier ended with ${code}`));
        });
        this.child.stdin.on('error', () => {}); /* told by its end */
    }

    takeAnswer() {
        const line = this.pending.indexOf(10);
        const second = line < 0 ? -1 : this.pending.indexOf(10, line + 1);
        if (second < 0) return false;
        const length = Number(this.pending.subarray(line + 1, second).toString());
        const end = second + 1 + length;
        if (this.pending.length < end) return false;
        this.waiting.shift().resolve({
            json: this.pending.subarray(0, line).toString('utf8'),
            text: this.pending.subarray(second + 1, end).toString('utf8'),
        });
        this.pending = this.pending.subarray(end);
        return true;
    }

    /** @returns {Promise<{json: string, text: string}>} */
    ask({ policy, bundle, published }) {
        return new Promise((resolve, reject) => {
            if (this.ended !== undefined) return reject(new Error('the C verifier is gone'));
            this.waiting.push({ resolve, reject });
            for (const p of [policy, bundle, published])
                for (const bytes of piece(p)) this.child.stdin.write(bytes);
        });
    }

    close() {
        this.child.stdin.end();
    }
}
