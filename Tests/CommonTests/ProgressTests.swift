import Synchronization
import Testing

@testable import Common

/// A terminal with a clock that the test sets.
private final class FakeTerminal: Sendable {
    private let now = Mutex<UInt64>(0)
    private let text = Mutex<[String]>([])

    var written: [String] { text.withLock { $0 } }

    func set(milliseconds: UInt64) { now.withLock { $0 = milliseconds * 1_000_000 } }

    func sink(isTerminal: Bool) -> ProgressSink {
        ProgressSink(
            isTerminal: isTerminal, nanoseconds: { self.now.withLock { $0 } },
            write: { line in self.text.withLock { $0.append(line) } })
    }
}

@Suite struct ProgressTests {
    private let terminal = FakeTerminal()

    @Test func nothingInTheFirstSecondThenTenASecond() {
        let progress = Progress("truth", total: 100, sink: terminal.sink(isTerminal: true))
        for millisecond in stride(from: UInt64(0), through: 2_000, by: 20) {
            terminal.set(milliseconds: millisecond)
            progress.advance()
            if millisecond < 1_000 { #expect(terminal.written.isEmpty) }
        }
        #expect(terminal.written.count == 11)
        #expect(terminal.written[0].contains("truth: 51 of 100 (51 %), 51.0/s, 1.0 s left"))
        progress.finish()
        progress.finish()
        progress.advance()
        #expect(terminal.written.count == 12)
        #expect(terminal.written[11].hasSuffix("took 2.0 s\n"))
    }

    @Test func aPipeGetsOneLine() {
        let progress = Progress("build", total: 10, sink: terminal.sink(isTerminal: false))
        terminal.set(milliseconds: 3_000)
        progress.advance(by: 10)
        #expect(terminal.written.isEmpty)
        progress.finish()
        #expect(terminal.written == ["build: 10 of 10 (100 %), 3.33/s, took 3.0 s\n"])
    }

    @Test func shortWorkIsSilent() {
        let progress = Progress("short", total: 10, sink: terminal.sink(isTerminal: true))
        terminal.set(milliseconds: 900)
        progress.advance(by: 10)
        progress.finish()
        #expect(terminal.written.isEmpty)
    }

    @Test func threadsAreCountedTogether() {
        let progress = Progress("many", total: 1_000, sink: terminal.sink(isTerminal: false))
        Parallel.forEachRange(count: 1_000, chunk: 3, threads: 4) { progress.advance(by: $0.count) }
        terminal.set(milliseconds: 2_000)
        progress.finish()
        #expect(terminal.written == ["many: 1000 of 1000 (100 %), 500/s, took 2.0 s\n"])
    }

    @Test func numbersAreReadable() {
        #expect(NumberText.fixed(-0.001, 2) == "0.00")
        #expect(NumberText.fixed(1.006, 2) == "1.01")
        #expect(NumberText.fixed(12.05, 3) == "12.050")
        #expect(NumberText.grouped(1_234_567.4) == "1,234,567")
        #expect(NumberText.grouped(-999) == "-999")
        #expect(NumberText.short(0.01234) == "0.0123")
        #expect(NumberText.short(45.67) == "45.7")
        #expect(NumberText.duration(3_725) == "1 h 2 min")
        #expect(NumberText.duration(65) == "1 min 5 s")
        #expect(NumberText.bytes(1_536) == "1.5 KiB")
        #expect(NumberText.bytes(88_080_384) == "84.0 MiB")
    }
}
