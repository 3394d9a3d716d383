# SPDX-License-Identifier: Apache-2.0
# Completion of earwitness for bash.
_earwitness() {
    local cur prev word command='' global own=''
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD-1]}
    global='--archive --json --jobs --wait --color --progress --quiet --verbose --help --version'
    COMPREPLY=()
    case $prev in
    --archive | -a | --export) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur"); return ;;
    --progress) mapfile -t COMPREPLY < <(compgen -W 'auto json none' -- "$cur"); return ;;
    --svg | --png | --dot | --files-from) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --jobs | -j | --wait | --context | --rate | --only) return ;;
    esac
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
        add | check | diff | family | inspect | list | remove | info | archive | help) command=$word; break ;;
        esac
    done
    case $command in
    add) own='--dry-run --files-from --null' ;;
    check) own='--svg --files-from --null' ;;
    diff) own='--svg --export --context' ;;
    family) own='--svg --dot --files-from --null' ;;
    inspect) own='--svg --png --rate --only' ;;
    remove) own='--dry-run' ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$own $global" -- "$cur")
        return
    fi
    case $command in
    '') mapfile -t COMPREPLY < <(compgen -W 'add check diff family inspect list remove info archive help' -- "$cur") ;;
    archive) mapfile -t COMPREPLY < <(compgen -W 'verify compact' -- "$cur") ;;
    help) mapfile -t COMPREPLY < <(compgen -W 'add check diff family inspect list remove info archive' -- "$cur") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    esac
}
complete -o filenames -F _earwitness earwitness
