#!/usr/bin/env bash
# build | test | demo | bench | package | torture: the same tasks as build.ps1, to which this hands over wherever there is a PowerShell.
# Without one, it does with dotnet alone what needs no PowerShell, and says what it left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
task="${1:-build}"

find_pwsh() {
    if [ -n "${JOURNAL_WITHOUT_PWSH:-}" ]; then return 1; fi
    if command -v pwsh >/dev/null 2>&1; then command -v pwsh; return 0; fi
    local tools="$PWD/artifacts/tools"
    if [ ! -x "$tools/pwsh" ]; then
        dotnet tool install PowerShell --tool-path "$tools" >/dev/null 2>&1 || return 1
    fi
    echo "$tools/pwsh"
}

if pwsh="$(find_pwsh)"; then
    exec "$pwsh" -NoProfile -NonInteractive -File ./build.ps1 "$@"
fi

no_pwsh="no PowerShell on this machine, and the package registry has none"

build() {
    dotnet build Journal.PowerShell.sln -c Release --nologo -v quiet
}

run_xunit() {
    rm -rf artifacts/test-results
    local status=0
    dotnet test Journal.PowerShell.sln -c Release --no-build --nologo -v quiet --logger trx --results-directory artifacts/test-results || status=$?
    local passed=0 failed=0 skipped=0 file counters
    for file in artifacts/test-results/*.trx; do
        counters="$(grep -o '<Counters [^>]*>' "$file")"
        passed=$((passed + $(sed -E 's/.* passed="([0-9]+)".*/\1/' <<<"$counters")))
        failed=$((failed + $(sed -E 's/.* total="([0-9]+)".*/\1/' <<<"$counters") - $(sed -E 's/.* passed="([0-9]+)".*/\1/' <<<"$counters")))
        skipped=$((skipped + $(grep -c 'outcome="NotExecuted"' "$file" || true)))
    done
    failed=$((failed - skipped))
    echo "Left out: the Pester suite ($no_pwsh)."
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$status" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

case "$task" in
    build) build ;;
    test) build; run_xunit ;;
    demo)
        build
        echo "Through the C# sample, for there is $no_pwsh:"
        dotnet samples/HashFiles/bin/Release/net8.0/HashFiles.dll demo
        ;;
    bench)
        build
        shift
        echo "Left out: what runs in PowerShell ($no_pwsh)."
        dotnet benchmarks/Journal.Benchmarks/bin/Release/net8.0/Journal.Benchmarks.dll "$@"
        ;;
    torture)
        build
        shift
        dotnet tests/Journal.Torture/bin/Release/net10.0/Journal.Torture.dll "$@"
        ;;
    package)
        echo "Left out: the package (it is made and checked in PowerShell; $no_pwsh)." >&2
        exit 1
        ;;
    *)
        echo "usage: ./build.sh build | test | demo | bench | package | torture" >&2
        exit 2
        ;;
esac
