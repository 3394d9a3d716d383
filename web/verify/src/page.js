// SPDX-License-Identifier: Apache-2.0
// The page. The same script is also what its thread runs.
import { byId, el } from './dom.js';
import { runJob, serve } from './job.js';
import { forgetSound, soundView } from './page_sound.js';
import { textView } from './page_text.js';
import { safeText, utf8Encode } from './utf8.js';
import { META_TITLE, metaText, NOT_PROVEN, shownMeta, STATE_WORDS, streamLine, verdictJson,
    verdictLines, verdictText } from './verdict.js';
import { BROKEN } from './verify_base.js';

const CLASSES = ['verified', 'unvouched', 'broken'];
const TYPING_MS = 400;

/* Of this page, for its thread; in which there is none. */
const SCRIPT = globalThis.document?.currentScript.textContent;

/* ------------------------------------------------------------------ the answer */

function showVerdict(v, name) {
    const box = byId('verdict');
    box.className = CLASSES[v.state];
    box.replaceChildren(el('strong', null, STATE_WORDS[v.state]),
        el('p', null, v.reason === '' ? name : `${name}: ${v.reason}`));
}

function showFacts(v) {
    const list = el('dl', null);
    for (const [label, lines] of verdictLines(v))
        list.append(el('dt', null, label), el('dd', label === 'item' ? 'number' : '',
            ...lines.map((line) => (line.startsWith('| ') ? el('div', 'words', line.slice(2))
                : el('div', null, line)))));
    byId('facts').replaceChildren(el('div', 'card', list,
        el('p', 'not-proven', NOT_PROVEN.replace(/\n/g, ' ').trim())));
}

const TITLES = {
    'whole': 'The file', 'grid': 'The recording', 'ogg-page': 'The recording',
    'mp3-frame': 'The recording', 'aac-frame': 'The recording', 'chat-v1': 'Messages',
    'para-v1': 'The text', 'meta': META_TITLE, 'seals': 'A collection of other items',
};

/* What cannot be shown, for want of memory say, takes nothing from the verdict. */
function streamView(showing) {
    try {
        return textView(showing) ?? soundView(showing);
    } catch (error) {
        return el('p', 'quiet', `This cannot be shown here: ${error.message}`);
    }
}

function showStreams(v, shown) {
    byId('streams').replaceChildren(...shown.map((showing, i) => el('section', 'card',
        el('h3', null, TITLES[showing.stream.splitter]),
        el('p', 'quiet', `stream ${i}: ${streamLine(v.streams[i])}`), streamView(showing))));
}

function showMore(v, name, { suggested, shown }) {
    const meta = shownMeta(shown);
    const more = [];
    if (suggested !== null && v.state !== BROKEN)
        more.push(el('details', 'card', el('summary', null, 'What the bundle says of keys'),
            el('p', 'quiet', 'Whoever made the bundle wrote this, and so it proves nothing. Hold ' +
                'it against the keys that you have from elsewhere; this page does not use it as ' +
                'your policy.'),
            el('pre', null, new TextDecoder().decode(suggested))));
    more.push(el('details', 'card', el('summary', null, 'The same as the program says it'),
        el('pre', { id: 'as-text' }, verdictText(v, name) + metaText(meta)),
        el('pre', { id: 'as-json' }, verdictJson(v, name, meta))));
    byId('more').replaceChildren(...more);
}

function showError(title, words) {
    const box = byId('verdict');
    box.className = 'error';
    box.replaceChildren(el('strong', null, title), el('p', null, words));
}

function show(answer, name) {
    forgetSound();
    for (const id of ['facts', 'streams', 'more'])
        byId(id).replaceChildren();
    if (answer.refused !== undefined)
        showError('Your policy cannot be read', answer.refused);
    else if (answer.failed !== undefined)
        showError('This could not be checked', answer.failed);
    else {
        showVerdict(answer.verdict, name);
        if (answer.verdict.state !== BROKEN) {
            showFacts(answer.verdict);
            showStreams(answer.verdict, answer.shown);
        }
        showMore(answer.verdict, name, answer);
    }
    byId('result').hidden = false;
}

/* ------------------------------------------------------------------ what to check */

/* A policy from a file counts byte for byte, until the text is changed by hand. */
const asked = { bundle: null, policy: null, published: null };
let turn = 0; /* only the latest answer counts */

async function update() {
    const mine = ++turn;
    if (asked.bundle === null)
        return;
    const name = safeText(utf8Encode(asked.bundle.name));
    byId('busy').textContent = `Checking ${name} …`;
    const began = performance.now();
    const answer = await runJob(asked, SCRIPT);
    if (mine !== turn)
        return;
    show(answer, name);
    byId('busy').textContent = '';
    document.documentElement.dataset.ms = String(Math.round(performance.now() - began));
}

function bundleChosen(file) {
    asked.bundle = file;
    update().then(() => byId('verdict').focus({ preventScroll: false }));
}

async function policyChosen(file) {
    asked.policy = new Uint8Array(await file.arrayBuffer());
    byId('policy').value = new TextDecoder().decode(asked.policy);
    update();
}

function policyTyped() {
    const text = byId('policy').value;
    /* What is pasted often lacks the last line feed. */
    asked.policy = text.trim() === '' ? null : utf8Encode(text.endsWith('\n') ? text : text + '\n');
    update();
}

function publishedChosen(file) {
    asked.published = file;
    update();
}

/** An input and the place to drop on. */
function takeFiles(input, place, chosen) {
    input.addEventListener('change', () => {
        if (input.files.length > 0)
            chosen(input.files[0]);
    });
    place.addEventListener('dragover', (event) => {
        event.preventDefault();
        place.classList.add('over');
    });
    place.addEventListener('dragleave', () => place.classList.remove('over'));
    place.addEventListener('drop', (event) => {
        event.preventDefault();
        event.stopPropagation();
        place.classList.remove('over');
        if (event.dataTransfer.files.length === 0)
            return;
        input.files = event.dataTransfer.files;
        chosen(event.dataTransfer.files[0]);
    });
}

function start() {
    let typing = 0;
    takeFiles(byId('bundle'), byId('bundle-drop'), bundleChosen);
    takeFiles(byId('policy-file'), byId('policy-drop'), policyChosen);
    takeFiles(byId('published'), byId('published-drop'), publishedChosen);
    byId('policy').addEventListener('input', () => {
        clearTimeout(typing);
        typing = setTimeout(policyTyped, TYPING_MS);
    });
    byId('inputs').addEventListener('submit', (event) => event.preventDefault());
    /* Dropped beside the fields: the browser would leave the page; it is the bundle. */
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => {
        event.preventDefault();
        if (event.dataTransfer.files.length > 0) {
            byId('bundle').files = event.dataTransfer.files;
            bundleChosen(event.dataTransfer.files[0]);
        }
    });
}

if (typeof document === 'undefined')
    serve();
else
    start();
