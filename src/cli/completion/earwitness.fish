# SPDX-License-Identifier: Apache-2.0
# Completion of earwitness for fish.
set -l commands add check diff inspect list remove info archive help
complete -c earwitness -n "not __fish_seen_subcommand_from $commands" -f
complete -c earwitness -n __fish_use_subcommand -a add -d 'Put recordings into the archive'
complete -c earwitness -n __fish_use_subcommand -a check -d 'Say from which recordings a clip was taken'
complete -c earwitness -n __fish_use_subcommand -a diff -d 'Say what recording B changes against A'
complete -c earwitness -n __fish_use_subcommand -a inspect -d 'Say what one file betrays about itself'
complete -c earwitness -n __fish_use_subcommand -a list -d 'List the recordings of the archive'
complete -c earwitness -n __fish_use_subcommand -a remove -d 'Take recordings out of the archive'
complete -c earwitness -n __fish_use_subcommand -a info -d 'Tell about the archive, or about recordings'
complete -c earwitness -n __fish_use_subcommand -a archive -d 'Verify or compact the archive'
complete -c earwitness -n __fish_use_subcommand -a help -d 'Show help'
complete -c earwitness -s a -l archive -xa '(__fish_complete_directories)' -d 'Folder of the archive'
complete -c earwitness -l json -d 'Answer, and errors, as JSON'
complete -c earwitness -s j -l jobs -x -d 'Work on N files at a time'
complete -c earwitness -l wait -x -d 'How long to wait for another writer'
complete -c earwitness -l color -xa 'auto always never' -d Colours
complete -c earwitness -l progress -xa 'auto json none' -d Progress
complete -c earwitness -s q -l quiet -d 'Errors only'
complete -c earwitness -s v -l verbose -d 'Say more'
complete -c earwitness -s h -l help -d 'Show help'
complete -c earwitness -l version -d 'Show the version'
complete -c earwitness -n '__fish_seen_subcommand_from add remove' -s n -l dry-run -d 'Only say what would be done'
complete -c earwitness -n '__fish_seen_subcommand_from add check' -l files-from -r -d 'Also take the names in a file'
complete -c earwitness -n '__fish_seen_subcommand_from add check' -s 0 -l null -d 'Names end with NUL'
complete -c earwitness -n '__fish_seen_subcommand_from check' -l svg -r -d 'Also draw the piece map'
complete -c earwitness -n '__fish_seen_subcommand_from diff' -l svg -r -d 'Also draw both recordings'
complete -c earwitness -n '__fish_seen_subcommand_from diff' -l export -xa '(__fish_complete_directories)' -d 'Also write each changed span'
complete -c earwitness -n '__fish_seen_subcommand_from diff' -l context -x -d 'So much around each span'
complete -c earwitness -n '__fish_seen_subcommand_from inspect' -l svg -r -d 'Also draw the spectrogram'
complete -c earwitness -n '__fish_seen_subcommand_from inspect' -l png -r -d 'The same as a PNG'
complete -c earwitness -n '__fish_seen_subcommand_from inspect' -l rate -x -d 'Signs that err up to N times an hour'
complete -c earwitness -n '__fish_seen_subcommand_from inspect' -l only -x -d 'Run this one method'
complete -c earwitness -n '__fish_seen_subcommand_from archive' -f -a 'verify compact'
complete -c earwitness -n '__fish_seen_subcommand_from help' -f -a "$commands"
