import CPosix

// What nobody can guess.

extension Machine {
  /// A number that nobody can guess, from the system. It decides nothing that must be repeatable.
  public static func randomNumber() -> UInt32 {
    var number: UInt32 = 0
    _ = cposix_random_bytes(&number, 4)
    return number
  }
}
