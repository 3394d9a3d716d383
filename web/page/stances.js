// SPDX-License-Identifier: Apache-2.0
// What somebody can say of an item, in words and as a sign beside the colour, which never stands alone.
import { t } from './words.js';

export const STANCES = ['confirms', 'denies', 'says-fabricated', 'says-altered', 'no-comment', 'retracts', 'asked',
    'answered', 'no-reply-by'];

export function stanceWord(stance) {
    return {
        confirms: t('confirms'), denies: t('denies'), 'says-fabricated': t('says it is fabricated'),
        'says-altered': t('says it was altered'), 'no-comment': t('no comment'), retracts: t('retracts'),
        asked: t('was asked'), answered: t('answered'), 'no-reply-by': t('has not replied'),
    }[stance] ?? stance;
}

export const SIGNS = { confirms: '+', denies: '−', 'says-fabricated': '×', 'says-altered': '≠', 'no-comment': '0',
    retracts: '↶', asked: '?', answered: '!', 'no-reply-by': '…' };
