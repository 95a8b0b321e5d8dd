"""Measures Apus and its peers side by side: python3 results/peers/compare.py --data wordnet-20k

The first run makes `.venv` at the repository root and installs the pinned packages of the requirements files; then
the script runs itself again in there. Exit 0 good, also when a peer fails (the report says why); 1 when Apus
fails; 2 for a wrong call or unusable data.
"""

import argparse
import sys
import time
from pathlib import Path

import environment
import groups

EF = (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
RUNS = environment.ROOT / "results" / "runs"
ROWS_WORTH_ONE_RUN = 500_000


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    add_data_arguments(parser)
    add_measuring_arguments(parser)
    parser.add_argument("--save", metavar="NAME", help="keep each report as results/peers/NAME-GROUP.md, .jsonl, .svg")
    parser.add_argument("--install-only", action="store_true", help="make the environment, then stop")
    options = parser.parse_args()
    if options.save and (options.save.lower() == "readme" or "/" in options.save):
        parser.error(f"--save {options.save}: give a plain name other than README")
    if min(options.k, options.rounds, options.apus_runs or 1, options.build_threads or 1) < 1:
        parser.error("--k, --rounds, --apus-runs and --build-threads start at 1")
    return options


def add_data_arguments(parser):
    group = parser.add_argument_group("data")
    group.add_argument(
        "--data",
        default="wordnet-20k",
        help="wordnet-20k, clustered, uniform, a folder with base.npy and queries.npy, or a file of rows "
        "(.npy .fbin .fvecs); default wordnet-20k",
    )
    group.add_argument("--queries", help="the queries that belong to a file of rows")
    group.add_argument("--neighbors", help="neighbours to check against the exact ones (.npy .ibin .ivecs)")
    group.add_argument("--metric", choices=["ip", "l2"], help="default: ip for rows of unit length, else l2")
    group.add_argument("--rows", type=int, help="of generated data; default 1,000,000 or 200,000")
    group.add_argument("--dimension", type=int, help="of generated data; default 128 or 96")
    group.add_argument("--seed", type=int, default=1)
    group.add_argument("--max-queries", type=int, default=1000, help="default 1000; also the batch's size")


def add_measuring_arguments(parser):
    group = parser.add_argument_group("measuring")
    group.add_argument(
        "--group", action="append", choices=(*groups.NAMES, "all"), help="repeatable; default all"
    )
    group.add_argument("--peers", type=names, help="only these peers, e.g. hnswlib,faiss-hnsw")
    group.add_argument("--k", type=int, default=10)
    group.add_argument("--ef", type=numbers, default=list(EF), help="swept by every graph, rising")
    group.add_argument("--stop-recall", type=float, default=0.994, help="a peer's sweep ends here")
    group.add_argument("--rounds", type=int, default=2, help="passes over the peers; default 2")
    group.add_argument("--seconds", type=float, default=0.4, help="least length of a pass of one point")
    group.add_argument(
        "--apus-runs", type=int, help="runs of Apus between the peers' passes; default 2, for large data 1"
    )
    group.add_argument("--apus-repeat", type=int, default=2, help="passes within one run of Apus")
    group.add_argument(
        "--apus-index", action="append", type=apus_index, metavar="SPEC|SWEEP", help="in place of the indexes "
        "of the groups, such as 'HNSW_SQ(M=16,sq_type=SQ4U,refine=true)|ef=16,32,64 refine_k=1,2'; repeatable"
    )
    group.add_argument("--build-threads", type=int, help="of Apus and the peers; default as the group has it")
    group.add_argument("--two-thread-builds", choices=["yes", "no"], default="yes", help="of the hnsw group")
    group.add_argument("--rebuild", action="store_true", help="take over no index that an earlier run built")
    group.add_argument("--batch-rows", type=int, default=1000, help="of the insert group")
    group.add_argument("--peer-timeout", type=float, default=3600, help="seconds for all of one peer")
    group.add_argument("--core", type=int, help="the core that measures; default the last one available")
    group.add_argument(
        "--apus", type=Path, default=environment.ROOT / ".build" / "release" / "apus", help="the binary"
    )
    group.add_argument("--without-apus", action="store_true", help="measure the peers alone")


def names(text):
    return text.split(",")


def numbers(text):
    return sorted({int(part) for part in text.split(",")})


def apus_index(text):
    from apus import parsed

    specification, _, sweep = text.partition("|")
    values = {name: value.split(",") for name, value in parsed(sweep).items()}
    return groups.ApusIndex(specification, values)


def main():
    options = arguments()
    if not environment.is_active():
        environment.enter([str(Path(__file__).resolve()), *sys.argv[1:]])
    environment.ensure()
    if options.install_only:
        return report_installation()
    needs_binary = not options.without_apus or options.data in ("clustered", "uniform")
    if needs_binary and not options.apus.exists():
        return fail(f"no {options.apus.name} binary: swift build -c release, or use --without-apus")
    return measure(options)


def report_installation():
    for home in environment.ALL:
        for line, reason in home.record().items():
            print(f"{line}: " + (f"cannot be installed, {reason}" if reason else "installed"))
    return 0


def measure(options):
    # Imported here and below: these need numpy, which only the environment has.
    import report
    import vectors
    from apus import Apus
    from truth import Truth

    stem = time.strftime("%Y%m%d-%H%M%S")
    try:
        check_peer_names(options)
        data = vectors.prepare(options)
        progress("exact neighbours")
        truth = Truth(data)
        truth_note = check_given_neighbors(data, truth, options)
        machine = choose_machine(options, RUNS / f"{stem}-logs")
    except (vectors.DataFailure, ValueError) as failure:
        return fail(str(failure))
    options.engine = Apus(options.apus, machine.log_path("apus"), options.peer_timeout)
    options.apus_runs_for = lambda rows: options.apus_runs or (1 if rows >= ROWS_WORTH_ONE_RUN else 2)
    options.indexes_of = lambda group, rows, dimension: (
        options.apus_index or group.indexes(rows, dimension, options.ef, options.k)
    )
    wanted = chosen_groups(options)
    announce(wanted, len(data.base()))
    failed = False
    for group in wanted:
        origin, started = report.origin(options, data, machine), time.monotonic()
        result = run_group(group, options, data, truth, machine)
        seconds = time.monotonic() - started
        text, paths = report.write(RUNS, f"{stem}-{data.name}-{group}", origin, result, truth_note, seconds)
        print(text, flush=True)
        if options.save:
            report.keep(paths, f"{options.save}-{group}")
        failed = tell_failures(group, result, options) or failed
    return 1 if failed else 0


def chosen_groups(options):
    chosen = options.group or ["all"]
    return [name for name in groups.NAMES if name in chosen or "all" in chosen]


def announce(wanted, rows):
    expected = {name: groups.expected_seconds(name, rows) for name in wanted}
    each = ", ".join(f"{name} {seconds / 60:.1f}" for name, seconds in expected.items())
    total = sum(expected.values()) / 60
    progress(f"expected: {total:.0f} minutes on two idle cores ({each}), less where peers are built already")


def choose_machine(options, logs):
    from machine import Machine

    machine = Machine.choose(options.core, logs)
    logs.mkdir(parents=True)
    return machine


def check_peer_names(options):
    import databases
    import peers

    known = (*peers.BY_NAME, *databases.BY_NAME)
    unknown = [name for name in options.peers or [] if name not in known]
    if unknown:
        raise ValueError(f"--peers {','.join(unknown)}: unknown; known are {', '.join(known)}")


def check_given_neighbors(data, truth, options):
    """Says in the report where neighbours that came with the data are not the exact ones."""
    import truth as exact
    import vectors

    if data.given_neighbors is None:
        return None
    given = vectors.read(data.given_neighbors)[: len(data.queries())]
    if given.shape[1] < options.k:
        return f"The neighbours that came with the data are only {given.shape[1]} per query; not checked."
    share = exact.recall(data.base(), data.queries(), truth.distances, given, data.metric, options.k)
    return f"The neighbours that came with the data agree with the exact ones computed here to {share:.4f}."


def run_group(name, options, data, truth, machine):
    import cases
    from comparison import SearchComparison
    from database_cases import databases_case

    def tell(text):
        progress(f"{name}: {text}")

    if name in groups.SEARCHES:
        comparison = SearchComparison(groups.SEARCHES[name], data, truth, options, machine, tell)
        comparison.run()
        return comparison
    if name == "databases":
        return databases_case(data, truth, options, machine, tell)
    if name == "insert":
        return cases.insert(data, options, machine, tell)
    return cases.apus_alone(name, data, options, tell)


def tell_failures(name, result, options):
    """Whether Apus failed; a peer's failure is the report's matter."""
    failures = [] if options.without_apus else result.apus_failures
    for failure in failures:
        print(f"compare.py: {name}: Apus failed: {failure}", file=sys.stderr)
    return bool(failures)


def progress(text):
    print(time.strftime("%H:%M:%S ") + text, file=sys.stderr, flush=True)


def fail(message):
    print(f"compare.py: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except environment.EnvironmentFailure as failure:
        sys.exit(fail(str(failure)))
    except KeyboardInterrupt:
        sys.exit(130)
