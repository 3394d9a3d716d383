// SPDX-License-Identifier: Apache-2.0
// age-encryption as a program: standard input to standard output.
//   node age.mjs NODE_MODULES decrypt identity|passphrase SECRET
//   node age.mjs NODE_MODULES encrypt recipients|passphrase SECRET... [--armor]
import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, verb, kind, ...rest] = process.argv.slice(2);
const age = await import(pathToFileURL(`${modules}/age-encryption/dist/index.js`));
const words = rest.filter((w) => w !== "--armor");
let input = readFileSync(0);
let output;

if (verb === "decrypt") {
    const d = new age.Decrypter();
    if (kind === "identity") d.addIdentity(words[0]);
    else d.addPassphrase(words[0]);
    if (input.subarray(0, 5).toString() === "-----") input = age.armor.decode(input.toString());
    output = await d.decrypt(input);
} else {
    const e = new age.Encrypter();
    if (kind === "recipients") {
        for (const w of words) e.addRecipient(w);
    } else {
        e.setPassphrase(words[0]);
        e.setScryptWorkFactor(12);
    }
    output = await e.encrypt(input);
    if (rest.includes("--armor")) output = Buffer.from(age.armor.encode(output));
}
for (let at = 0; at < output.length; ) at += writeSync(1, output, at);
