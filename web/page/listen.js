// SPDX-License-Identifier: Apache-2.0
// Listening to an item of a case: what is heard is what the hash of the item says, or it is told that it is not.
import * as api from './api.js';
import { clock, el } from './dom.js';
import { findingRow, makePlayer } from './inspect.js';
import { number, row } from './parts.js';
import { openSound } from './sound.js';
import { meter, table } from './work.js';
import { count, t } from './words.js';

/** What is wrong with an original; '' when it is what it was. */
export async function originalTrouble(id, item) {
    const { state } = await api.get(`/api/cases/${id}/items/${item}/original`);
    return { changed: t('The original was changed: its hash is not the one of the item. It is not played.'),
        missing: t('The original is missing.') }[state] ?? '';
}

const AROUND_S = 1.5;

/**
 * A player for the sound of an item with the findings of its last inspection, if there is one.
 * @param {{id: string, item: number, sha256: string, inspect?: object}} what
 * @returns {() => void} ends it
 */
export function listenTo(place, { id, item, sha256, inspect }, here) {
    const m = meter();
    const result = inspect ?? { findings: [], file: { duration: Infinity } };
    let made = null;
    let ended = false;
    const wanted = () => here() && !ended;
    const hear = (f) => {
        const all = f.end - f.start >= result.file.duration - 1e-3;
        const range = all ? [0, result.file.duration] : [Math.max(0, f.start - AROUND_S), f.end + AROUND_S];
        made?.player.setRange([range[0], Math.min(range[1], made.player.end)]);
        void made?.player.play(range[0], Math.min(range[1], made.player.end));
    };
    async function open() {
        m.tell(t('The original is compared with its hash'));
        const trouble = await originalTrouble(id, item);
        if (trouble !== '')
            throw new Error(trouble);
        const sound = await openSound(sha256, (p) => m.tell(t('The sound is prepared'), p), wanted, id);
        if (sound === null || !wanted())
            return;
        m.tell(t('The original is what it was: its hash was just compared.'));
        made = makePlayer(result, sound, hear);
        place.append(made.player.bar, made.picture.box, made.player.view, made.player.help,
            table(t('The sound'), [t('Length'), t('Frames'), t('Sample rate'), t('Channels that are heard')],
                [row(clock(sound.duration), number(count(sound.frames)), number(`${count(sound.rate)} Hz`),
                    number(`${sound.channels}`))]));
        if (result.findings.length > 0)
            place.append(table(t('Findings'), ['', t('Kind'), t('Where'), t('Finding'), t('Method'), t('Hear')],
                result.findings.map((f) => findingRow(f, result.file, hear))));
    }
    place.append(m.box);
    open().catch((why) => m.fail(why));
    return () => {
        ended = true;
        made?.player.close();
    };
}
