# SPDX-License-Identifier: Apache-2.0
# Completion of earwitness for bash.

# Options of a command, and the second words of one that has them, as its own help tells them.
_earwitness_options() {
    "${COMP_WORDS[0]}" help "$@" 2>/dev/null | sed -nE 's/^ +(-., )?(--[a-z-]+).*/\2/p'
}
_earwitness_verbs() {
    "${COMP_WORDS[0]}" help "$1" 2>/dev/null | sed -nE "s/^  $1 ([a-z-]+) .*/\1/p"
}

_earwitness() {
    local cur prev word command='' global own=''
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD-1]}
    global='--archive --json --jobs --wait --color --progress --language --quiet --verbose --help --version'
    COMPREPLY=()
    case $prev in
    --archive | -a | --export | --log | --desk | --dir | --case) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --splitter) mapfile -t COMPREPLY < <(compgen -W 'whole grid ogg-page mp3-frame aac-frame chat-v1 para-v1' -- "$cur"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'vkey ssh minisign note policy' -- "$cur"); return ;;
    --kind) mapfile -t COMPREPLY < <(compgen -W 'statement asked answered no-reply-by' -- "$cur"); return ;;
    --stance) mapfile -t COMPREPLY < <(compgen -W 'confirms denies says-fabricated says-altered no-comment retracts' -- "$cur"); return ;;
    --text-file | --name-file | --digest-of | --keys | --proof) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --text | --since | --actor | --about | --prev | --salt) return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur"); return ;;
    --language) mapfile -t COMPREPLY < <(compgen -W 'en km' -- "$cur"); return ;;
    --progress) mapfile -t COMPREPLY < <(compgen -W 'auto json none' -- "$cur"); return ;;
    --svg | --png | --dot | --files-from | --file | --output | -o | --recipients-file | -R | --identity | -i | --checkpoint | --policy | --add | --data) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --jobs | -j | --wait | --context | --rate | --only | --show | --hide | --meta | --from | --obtained | --place | --time-claimed | --note | --device | --reference | --after | --recipient | -r | --passphrase-fd | --passphrase-command | --listen | --key | --old) return ;;
    esac
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
        add | check | diff | family | inspect | list | remove | info | archive | key | seal | log | stamp | disclose | burn | export | vault | verify | witness | sign | statement | repudiate | case | import | report | serve | help) command=$word; break ;;
        esac
    done
    case $command in
    add) own='--dry-run --files-from --null' ;;
    check) own='--svg --files-from --null' ;;
    diff) own='--svg --export --context' ;;
    family) own='--svg --dot --files-from --null' ;;
    inspect) own='--svg --png --rate --only' ;;
    remove) own='--dry-run' ;;
    key) own='--desk --passphrase-fd --passphrase-command --format --since --text --yes' ;;
    sign) own='--desk --passphrase-fd --passphrase-command --format --output --check --key --keys' ;;
    statement) own='--desk --passphrase-fd --passphrase-command --text --text-file --actor --name-file --salt --prev --output --unsigned --about --digest-of --kind --stance --key --keys --policy --proof' ;;
    repudiate) own='--desk --passphrase-fd --passphrase-command --text --text-file --actor --name-file --prev --output --unsigned' ;;
    seal) own='--desk --passphrase-fd --passphrase-command --splitter --from --obtained --place --time-claimed --note --device --reference --after' ;;
    log) own='--desk --passphrase-fd --passphrase-command --output --request --old --add --key --policy' ;;
    stamp) own='--desk --output --policy --data' ;;
    witness) own='--dir --passphrase-fd --passphrase-command --listen --remote --output' ;;
    disclose) own='--desk --passphrase-fd --passphrase-command --show --hide --meta --members --with-custody --file --output --published --filler --dry-run' ;;
    burn) own='--desk --passphrase-fd --passphrase-command --show --hide --meta --file --remove-original --confirm --really' ;;
    export) own='--desk --passphrase-fd --passphrase-command --output --all' ;;
    vault) own='--desk --passphrase-fd --passphrase-command --recipient --recipients-file --armor --identity --checkpoint --log --protect --output' ;;
    verify) own='--policy --published --collection' ;;
    case) own=$(_earwitness_options case "${COMP_WORDS[2]:-}") ;;
    report) own=$(_earwitness_options report "${COMP_WORDS[2]:-}") ;;
    import | serve) own=$(_earwitness_options "$command") ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$own $global" -- "$cur")
        return
    fi
    case $command in
    '') mapfile -t COMPREPLY < <(compgen -W 'add check diff family inspect list remove info archive key seal log stamp disclose burn export vault verify witness sign statement repudiate case import report serve help' -- "$cur") ;;
    vault) mapfile -t COMPREPLY < <(compgen -W 'backup restore identity passphrase' -- "$cur"; compgen -f -- "$cur") ;;
    key) mapfile -t COMPREPLY < <(compgen -W 'new list export read revoke' -- "$cur") ;;
    statement) mapfile -t COMPREPLY < <(compgen -W 'add check export reveal list' -- "$cur"; compgen -f -- "$cur") ;;
    log) mapfile -t COMPREPLY < <(compgen -W 'checkpoint publish prove fsck witness' -- "$cur") ;;
    stamp)
        if [ "${COMP_WORDS[COMP_CWORD-1]}" = stamp ]; then
            mapfile -t COMPREPLY < <(compgen -W 'request text add list check' -- "$cur")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        fi ;;
    witness) mapfile -t COMPREPLY < <(compgen -W 'new key trust distrust list serve sign' -- "$cur") ;;
    case | report)
        if [ "$COMP_CWORD" -eq 2 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_earwitness_verbs "$command")" -- "$cur")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        fi ;;
    archive) mapfile -t COMPREPLY < <(compgen -W 'verify compact' -- "$cur") ;;
    help) mapfile -t COMPREPLY < <(compgen -W 'add check diff family inspect list remove info archive key seal log stamp disclose burn export vault verify witness sign statement repudiate case import report serve' -- "$cur") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    esac
}
complete -o filenames -F _earwitness earwitness
