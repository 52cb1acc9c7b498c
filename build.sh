#!/usr/bin/env bash
# Hands every task to build.ps1, in the PowerShell on PATH if it is new enough, else in the one of .config/dotnet-tools.json, which is kept in this clone.
# `./build.sh pwsh …` starts that PowerShell. Where no registry has it, `build` and `test` do what needs none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en HOME="${HOME:-$PWD/artifacts/home}"
stop() { printf 'build.sh: %s\n' "$@" >&2; exit 1; }
command -v dotnet >/dev/null || stop 'dotnet is not on PATH. Install the .NET SDK 10: https://dot.net'
{ mkdir -p artifacts && [ -w artifacts ]; } 2>/dev/null || stop "This clone cannot be written to: $PWD. Use a clone of your own."
export JOURNAL_TOOLS="$PWD/artifacts/packages"
# PowerShell does not start in a folder whose name holds wildcards, and Pester does not find one: there the tools lie in HOME, and the clone gets another name.
case "$PWD" in *[]['*?']*) JOURNAL_TOOLS="$HOME/.cache/journal-build" && link="$(mktemp -d)/journal" && ln -s "$PWD" "$link" && cd "$link" ;; esac

least="$(sed -n "s/^ *PowerShellVersion *= *'\(.*\)'.*/\1/p" Journal.psd1)"
tool="$JOURNAL_TOOLS/powershell/$(sed -n 's/.*"version": "\(.*\)".*/\1/p' .config/dotnet-tools.json)"
found="$(pwsh --version 2>/dev/null | sed 's/^PowerShell //')" || true
lacks="PowerShell $least or later is not on PATH${found:+ (there is $found)}"
# A tool that HOME remembers from another clone would count as restored: the tools of this clone have a home of their own (DOTNET_CLI_HOME), in which
# NuGet would look for the user's registries, too.
restore() (
    if [ -d "$HOME/.nuget/NuGet" ]; then mkdir -p "$JOURNAL_TOOLS/.nuget" && rm -rf "$JOURNAL_TOOLS/.nuget/NuGet" && ln -s "$HOME/.nuget/NuGet" "$JOURNAL_TOOLS/.nuget/NuGet"; fi
    DOTNET_CLI_HOME="$JOURNAL_TOOLS" NUGET_PACKAGES="$JOURNAL_TOOLS" dotnet tool restore
)
missing=''
if [ -n "${JOURNAL_WITHOUT_PWSH:-}" ]; then missing='JOURNAL_WITHOUT_PWSH is set'
elif printf '%s\n' "$least" "$found" | sort -V -C; then pwsh=(pwsh)
elif [ -e "$tool/.nupkg.metadata" ] || said="$(restore 2>&1)"; then pwsh=(dotnet "$tool/tools/net10.0/any/unix/pwsh.dll")
elif grep -q 'not found in NuGet feeds' <<<"$said"; then missing="$lacks, and the package registry does not have ${tool##*/}"
else stop "$lacks, and ${tool##*/} could not be restored into $JOURNAL_TOOLS:" "$said" \
    "It needs a package registry (NuGet) that can be reached, and 250 MB of disk; $(df -Ph artifacts | awk 'NR==2 {print $4}') are free there. Or install PowerShell: https://aka.ms/powershell"; fi

if [ "${1:-}" = pwsh ] && [ -z "$missing" ]; then exec "${pwsh[@]}" -WorkingDirectory "$PWD" "${@:2}"; fi
if [ -z "$missing" ]; then exec "${pwsh[@]}" -NoProfile -NonInteractive -File "$PWD/build.ps1" "$@"; fi
case "${1:-build}" in build | test) dotnet build Journal.PowerShell.sln -c Release --nologo -v quiet ;; *) stop "$1 needs PowerShell, which can be installed from https://aka.ms/powershell: $missing." ;; esac
if [ "${1:-}" = test ]; then
    code=0
    dotnet test Journal.PowerShell.sln -c Release --no-build --nologo -v quiet | tee artifacts/xunit.log || code=$?
    printf 'Left out: the Pester suite (%s).\n' "$missing"
    awk -F'[:,]' '/^(Passed|Failed|Skipped)! /{f+=$2; p+=$4; s+=$6} END {printf "%d passed, %d failed, %d skipped\n", p, f, s; left = s > 0 && ENVIRON["JOURNAL_LEAVE_OUT"] == ""
        if (left) print "The run left tests out, and so it counts as failed. Install what the lines above name, or set JOURNAL_LEAVE_OUT=1 to do without."
        exit f > 0 || p == 0 || left}' artifacts/xunit.log
    exit $code
fi
