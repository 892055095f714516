import Posix

// What a stream waits for.

/// The descriptors of one stream, each watched for what is wanted of it now.
final class StreamWatches {
  private let loop: any EventLoop
  private var watched: [Int32: Poller.Interest] = [:]

  init(_ loop: any EventLoop) { self.loop = loop }

  /// Watches these and no others. What nothing is wanted of is not watched at all: that its other end has gone would be told again and again.
  func want(_ wanted: [Int32: Poller.Interest], _ handler: @escaping (Int32, Poller.Interest) -> Void) {
    for descriptor in watched.keys where wanted[descriptor]?.isEmpty ?? true { forget(descriptor) }
    for (descriptor, interest) in wanted where !interest.isEmpty && watched[descriptor] != interest {
      if watched[descriptor] != nil {
        loop.change(descriptor, interest)
      } else if (try? loop.watch(descriptor, interest, { handler(descriptor, $0) })) == nil {
        // Without a watch it is looked at at its end only.
        continue
      }
      watched[descriptor] = interest
    }
  }

  /// To be called before a descriptor is closed.
  func forget(_ descriptor: Int32) { if watched.removeValue(forKey: descriptor) != nil { loop.unwatch(descriptor) } }

  func end() { for descriptor in watched.keys { forget(descriptor) } }
}
