import APIMachinery
import Testing

@testable import ProcessCluster

struct UsageMeterTests {
  private typealias Meter = UsageMeter<String>
  private static let second: Int64 = 1_000_000_000

  private func at(_ seconds: Double, used milli: Int64 = 0) -> Meter.Sample {
    Meter.Sample(time: Int64(seconds * 1e9), used: milli * 1_000_000)
  }

  private func ask(_ meter: inout Meter, _ seconds: Double, used milli: Int64, start: Double = 0) -> (milli: Int64, window: Duration) {
    let rate = meter.take(at(seconds, used: milli), of: "a", start: at(start))
    return (rate.nanosecondsPerSecond / 1_000_000, rate.window)
  }

  @Test func whatIsYoungIsMeasuredFromItsStart() {
    var meter = Meter()
    #expect(meter.isReady("a", at: 5 * Self.second, start: at(0)))
    #expect(ask(&meter, 5, used: 1000) == (200, .seconds(5)))
    // From the last time on, once that is long enough ago for the kernel's clock.
    #expect(ask(&meter, 5.5, used: 1500) == (272, .milliseconds(5500)))
    #expect(ask(&meter, 7, used: 2000) == (500, .seconds(2)))
    #expect(ask(&meter, 7.5, used: 2500) == (600, .milliseconds(2500)))
  }

  @Test func afterASilenceASecondSampleTells() {
    var meter = Meter()
    let later = 3600 * Self.second
    #expect(!meter.isReady("a", at: later, start: at(0)))
    #expect(ask(&meter, 3600, used: 36_000) == (10, .seconds(3600)), "who doesn't wait is told the average")
    #expect(!meter.isReady("a", at: later + Self.second / 2, start: at(0)))
    #expect(meter.isReady("a", at: later + Self.second, start: at(0)))
    #expect(ask(&meter, 3601, used: 37_000) == (1000, .seconds(1)))
    #expect(meter.isReady("a", at: later + 60 * Self.second, start: at(0)))
    #expect(!meter.isReady("a", at: later + 62 * Self.second, start: at(0)))
  }

  @Test func aCounterThatStepsBackUsesNothing() {
    var meter = Meter()
    _ = ask(&meter, 10, used: 900)
    #expect(ask(&meter, 12, used: 100) == (0, .seconds(2)))
    #expect(meter.take(.init(time: 12_000_000_000, used: .max), of: "b", start: at(12)).nanosecondsPerSecond == .max)
  }

  @Test func whatIsGoneIsForgotten() {
    var meter = Meter()
    _ = ask(&meter, 100, used: 900)
    meter.keep { $0 != "a" }
    #expect(!meter.isReady("a", at: 102 * Self.second, start: at(0)))
  }
}
