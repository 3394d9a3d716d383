// SPDX-License-Identifier: Apache-2.0
// What README.txt of a bundle says. Mirrors src/seal/bundle.c.

/* README.txt of every bundle: no other text passes, so that nobody can speak through it. */
export const README = [
    'This is a bundle of earwitness: parts of something that was sealed, and the proof that',
    'they are parts of it. parts/ holds what is shown, in order; what is not there is',
    'withheld. events/, where it is there, holds what people signed about it.',
    '',
    'Check it with `earwitness verify FILE --policy POLICY`, with a program and a policy',
    'that did not come with this file. policy.txt here only says which keys the sender',
    'claims; it is no reason to trust them.',
    '',
    'A seal proves that this was on record at a time, and that what is shown was not changed',
    'since. It does not prove that it is true, that nothing was left out before sealing, that',
    'no other version was sealed elsewhere, or that nothing else was said about it.',
    '',
].join('\n');
