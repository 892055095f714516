#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What two threads share, one at a time.

/// A value that threads take turns with, and can wait for.
public final class Monitor<State: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  public init(_ state: State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    #if canImport(Glibc)
      // Whoever sets the machine's clock makes nobody wait longer.
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #else
      pthread_cond_init(condition, nil)
    #endif
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Reads or changes the value; whoever waits for it looks again.
  public func with<T>(_ body: (inout State) -> T) -> T {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  /// Waits until the value is as wanted; false where so many nanoseconds have passed first.
  public func wait(nanoseconds: Int64, until isSo: (State) -> Bool) -> Bool {
    let end = Machine.steadyNanoseconds + nanoseconds
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isSo(state) {
      let left = end - Machine.steadyNanoseconds
      if left <= 0 { return false }
      pause(until: end, left: left)
    }
    return true
  }

  private func pause(until end: Int64, left: Int64) {
    #if canImport(Glibc)
      var deadline = timespec(tv_sec: .init(end / 1_000_000_000), tv_nsec: .init(end % 1_000_000_000))
      pthread_cond_timedwait(condition, mutex, &deadline)
    #else
      var length = timespec(tv_sec: .init(left / 1_000_000_000), tv_nsec: .init(left % 1_000_000_000))
      pthread_cond_timedwait_relative_np(condition, mutex, &length)
    #endif
  }
}
