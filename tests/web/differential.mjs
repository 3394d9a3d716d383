// SPDX-License-Identifier: Apache-2.0
// Runs the C verifier and that of the page over the same spoiled bundles: JSON and text must be
// the same, byte for byte.
//
//   node tests/web/differential.mjs [--count N] [--seconds S] [--seed N] [--only I]
//       [--core FILE] [--earwitness PROGRAM] [--verify-many PROGRAM] [--keep FOLDER]
import './webcrypto.mjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { answer } from './answer.mjs';
import { describedBase, publishedOf, realBases } from './bases.mjs';
import { mutate } from './mutate.mjs';
import { Reference } from './reference.mjs';
import { Rng } from './rng.mjs';

const BATCH = 64; /* bundles made from one description, and asked at a time */

const { values: given } = parseArgs({
    options: {
        'count': { type: 'string', default: '100000' },
        'seconds': { type: 'string', default: '0' },
        'seed': { type: 'string', default: '1' },
        'only': { type: 'string' },
        'core': {
            type: 'string',
            default: process.env.EARWITNESS_WEB_CORE ?? 'build/web/core.mjs',
        },
        'earwitness': {
            type: 'string',
            default: process.env.EARWITNESS ?? 'build/release/earwitness',
        },
        'verify-many': {
            type: 'string',
            default: process.env.EARWITNESS_VERIFY_MANY ?? 'build/release/tests/verify_many',
        },
        'keep': { type: 'string', default: 'build/web/disagreements' },
    },
});

const core = await import(pathToFileURL(resolve(given.core)));
const reference = new Reference(given['verify-many']);
const real = realBases(given.earwitness);
for (const base of real) base.published = await publishedOf(core, base.bundle, new Rng(1));
const seed = Number(given.seed);
const end = Number(given.seconds) > 0 ? Date.now() + 1000 * Number(given.seconds) : Infinity;

const told = { states: {}, reasons: new Map(), disagreements: 0 };

/** Batch b: bundles that depend on the seed and on b alone. */
async function batch(b) {
    const rng = new Rng(seed + 1000003 * b);
    const base =
        b % 3 === 2 ? real[((b - 2) / 3) % real.length] : await describedBase(core, rng);
    const out = [{ bundle: base.bundle, policy: base.policy, published: base.published }];
    while (out.length < BATCH) out.push(mutate(rng, base));
    return { name: base.name, cases: out };
}

function count(json) {
    const { verdict, reason, error, times, events, published, streams } = JSON.parse(json);
    const state = verdict ?? 'error';
    const tell = (why) => {
        const kind = why
            .replace(/"[^"]*"/g, '...')
            .replace(/\d+/g, '#')
            .replace(/pending at .*:/, 'pending at ...:');
        told.reasons.set(kind, (told.reasons.get(kind) ?? 0) + 1);
    };
    told.states[state] = (told.states[state] ?? 0) + 1;
    tell(reason ?? error.message);
    times?.forEach((t) =>
        tell(`${t.kind}: ${t.words.replace(/no later than.*/, 'no later than')}`),
    );
    events?.forEach((e) => tell(`event: ${e.kind} trusted ${e.trusted} logged ${e.logged}`));
    if (published) tell(`published: ${streams[0].splitter} ${published}`);
}

function disagree(where, given_, c, js) {
    told.disagreements++;
    if (told.disagreements > 20) return;
    const folder = join(given.keep, where);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'x.ewb'), given_.bundle);
    if (given_.policy !== null) writeFileSync(join(folder, 'policy'), given_.policy);
    if (given_.published !== null) writeFileSync(join(folder, 'published'), given_.published);
    /* From where they part. */
    const [said, want] = c.json === js.json ? [js.text, c.text] : [js.json, c.json];
    let at = 0;
    while (at < said.length && said[at] === want[at]) at++;
    const part = (text) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 160));
    console.log(`# disagreement in ${folder}\n#   C  ${part(want)}\n#   JS ${part(said)}`);
}

let done = 0;
const began = Date.now();
for (
    let b = given.only === undefined ? 0 : Number(given.only);
    done < Number(given.count) && Date.now() < end;
    b++
) {
    const { name, cases } = await batch(b);
    const asked = cases.map((c) => reference.ask(c));
    for (let i = 0; i < cases.length; i++) {
        const js = await answer(core, cases[i]).catch((error) => ({
            json: `threw ${error.stack}`,
            text: '',
        }));
        const c = await asked[i];
        count(c.json);
        if (c.json !== js.json || c.text !== js.text)
            disagree(`${given.seed}-${b}-${i}-${name.replace(/\W/g, '_')}`, cases[i], c, js);
    }
    done += cases.length;
    if (done % 10240 === 0)
        console.log(`# ${done} bundles, ${told.disagreements} disagreements so far`);
    if (given.only !== undefined) break;
}
reference.close();

const reasons = [...told.reasons].sort((a, b) => b[1] - a[1]);
if (process.env.EARWITNESS_WEB_REASONS)
    reasons.forEach(([why, n]) => console.log(`# ${String(n).padStart(7)} ${why}`));
console.log(
    `# ${done} bundles in ${Math.round((Date.now() - began) / 1000)} s, ` +
        `${Object.entries(told.states)
            .map(([s, n]) => `${s} ${n}`)
            .join(', ')}, ${reasons.length} different reasons`,
);
console.log(
    `1..2\n${told.disagreements === 0 ? 'ok' : 'not ok'} 1 - ${told.disagreements} disagreements between C and JS`,
);
/* A generator that spoils too much, or nothing, tests little. */
const wide = Object.keys(told.states).length === 4 && reasons.length >= 20;
console.log(
    `${wide || done < 2000 ? 'ok' : 'not ok'} 2 - ${reasons.length} reasons, all verdicts`,
);
process.exitCode = told.disagreements === 0 ? 0 : 1;
