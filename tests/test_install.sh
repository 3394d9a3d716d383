#!/usr/bin/env bash
# An installed library can be found with pkg-config, linked and used; the programs and the
# decoder are where they belong. Prints TAP.
#
# usage: test_install.sh BUILD-FOLDER VERSION
set -u
build=$1
version=$2
work=$(mktemp -d "${TMPDIR:-/tmp}/ew install XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
number=0
failed=0

result() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=1
        sed 's/^/# /' "$work/log"
    fi
}

echo 1..5
DESTDIR=$root meson install -C "$build" --no-rebuild --quiet >"$work/log" 2>&1
result $? "installs"

pc=$(find "$root" -name earwitness.pc)
# Only the folder that the libraries are installed in differs from system to system.
prefix=$(sed -n 's/^prefix=//p' "$pc")
flags=(-I"$root$prefix/include" -L"$(dirname "$(dirname "$pc")")" -learwitness)
PKG_CONFIG_PATH=$(dirname "$pc") pkg-config --exact-version="$version" earwitness \
    >"$work/log" 2>&1
result $? "pkg-config knows version $version"

cat >"$work/use.c" <<'EOF'
#include <earwitness/align.h>
#include <earwitness/err.h>
#include <earwitness/fingerprint.h>
#include <earwitness/index.h>
#include <earwitness/media.h>
#include <earwitness/progress.h>
#include <stdio.h>

int main(void)
{
    return puts(ew_code_name(EW_E_FORMAT)) < 0;
}
EOF
cc -std=c17 -Wall -Werror -o "$work/use" "$work/use.c" "${flags[@]}" >"$work/log" 2>&1 &&
    [ "$(LD_LIBRARY_PATH=$(dirname "$(dirname "$pc")") "$work/use" 2>>"$work/log")" = format ]
result $? "a program links and runs with it"

readelf -d "$work/use" >"$work/log" 2>&1 && grep -q 'NEEDED.*\[libearwitness\.so\.0\]' "$work/log"
result $? "the SONAME is libearwitness.so.0"

{
    find "$root" -type f -o -type l
    [ -x "$root$prefix/libexec/earwitness/earwitness-decode" ] && [ -x "$root$prefix/bin/earwitness" ] &&
        ! ldd "$root$prefix/bin/earwitness" "$(dirname "$(dirname "$pc")")/libearwitness.so.0" |
        grep -E 'libav|libsw'
} >"$work/log" 2>&1
result $? "the decoder has its folder, and nothing else links FFmpeg"
exit "$failed"
