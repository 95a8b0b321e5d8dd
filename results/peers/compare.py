"""Measures Apus and its peers side by side: python3 results/peers/compare.py --data wordnet-20k

The first run makes `.venv` at the repository root and installs the pinned packages of requirements.txt into
it; then the script runs itself again in there. Exit 0 good, also when a peer fails (the report says why);
1 when Apus fails; 2 for a wrong call or unusable data.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

import environment

GROUPS = ("hnsw", "flat", "insert", "reopen", "memory")
EF = (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
RUNS = environment.ROOT / "results" / "runs"


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    add_data_arguments(parser)
    add_measuring_arguments(parser)
    parser.add_argument("--save", metavar="NAME", help="keep the report as results/peers/NAME.md and .jsonl")
    parser.add_argument("--install-only", action="store_true", help="make the environment, then stop")
    options = parser.parse_args()
    if options.save and (options.save.lower() == "readme" or "/" in options.save):
        parser.error(f"--save {options.save}: give a plain name other than README")
    if options.k < 1 or options.rounds < 1 or options.apus_runs < 1:
        parser.error("--k, --rounds and --apus-runs start at 1")
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
    group.add_argument("--group", action="append", choices=GROUPS, help="repeatable; default all")
    group.add_argument("--peers", type=names, help="only these peers, e.g. hnswlib,faiss-hnsw")
    group.add_argument("--k", type=int, default=10)
    group.add_argument("--ef", type=numbers, default=list(EF), help="swept by every graph, rising")
    group.add_argument("--stop-recall", type=float, default=0.998, help="a peer's sweep ends here")
    group.add_argument("--rounds", type=int, default=3, help="passes over the peers")
    group.add_argument("--seconds", type=float, default=1.0, help="least length of a pass of one point")
    group.add_argument("--apus-runs", type=int, default=2, help="runs of Apus between the peers' passes")
    group.add_argument("--apus-repeat", type=int, default=3, help="passes within one run of Apus")
    group.add_argument("--two-thread-builds", choices=["yes", "no"], default="yes")
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
    for line in environment.requirements():
        reason = environment.install_failure(environment.package_name(line))
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
    origin = report.origin(options, data, machine)
    comparisons, cases = run_groups(options, data, truth, machine)
    progress("")
    text, paths = report.write(RUNS, f"{stem}-{data.name}", origin, comparisons, cases, truth_note)
    print(text)
    save(paths, options.save)
    return verdict(options, comparisons, cases)


def choose_machine(options, logs):
    from engines import Machine

    machine = Machine.choose(options.core, logs)
    logs.mkdir(parents=True)
    return machine


def check_peer_names(options):
    from lance_insert import NAME
    from peers import BY_NAME

    unknown = [name for name in options.peers or [] if name not in (*BY_NAME, NAME)]
    if unknown:
        raise ValueError(f"--peers {','.join(unknown)}: unknown; known are {', '.join((*BY_NAME, NAME))}")


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


def run_groups(options, data, truth, machine):
    import cases
    from engines import LEVELS, SearchComparison

    comparisons, case_runs = [], []
    for group in options.group or GROUPS:
        if group in LEVELS:
            comparison = SearchComparison(group, data, truth, options, machine, progress)
            comparison.run()
            comparisons.append(comparison)
        elif group == "insert":
            case_runs.append(cases.insert(data, options, machine, progress))
        else:
            case_runs.append(cases.apus_alone(group, data, options, progress))
    return comparisons, case_runs


def save(paths, name):
    for path in paths if name else ():
        shutil.copyfile(path, environment.HERE / f"{name}{path.suffix}")


def verdict(options, comparisons, case_runs):
    if options.without_apus:
        return 0
    failures = [comparison.apus.failure for comparison in comparisons]
    failures += [run.failures.get("apus") for run in case_runs]
    for failure in filter(None, failures):
        print(f"compare.py: Apus failed: {failure}", file=sys.stderr)
    return 1 if any(failures) else 0


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


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
