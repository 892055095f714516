import Formats
import Kubelet

// Hooks and probes, run beside a container's program.

extension ProcessRuntime {
  func hook(_ hook: Hook, _ request: HandlerRequest) {
    handle(request, .hook) { [weak self] outcome in
      let failure: String?
      switch outcome {
      case .success, .warning: failure = nil
      case .failure(let text), .unknown(let text): failure = text
      }
      self?.reports?.hookEnded(hook, of: request.run, failure: failure)
    }
  }

  func probe(_ kind: ProbeKind, _ request: HandlerRequest) {
    handle(request, .probe) { [weak self] outcome in
      let result: ProbeResult
      switch outcome {
      case .success, .warning: result = .success
      case .failure(let text): result = .failure(text)
      case .unknown(let text): result = .unknown(text)
      }
      self?.reports?.probed(kind, of: request.run, result)
    }
  }

  private func handle(_ request: HandlerRequest, _ purpose: ProbePurpose, _ done: @escaping (ProbeOutcome) -> Void) {
    guard let one = live[request.run], !one.hasEnded, let handlers else { return done(.unknown("the container does not run")) }
    do throws(StartFailure) {
      let setup = try setup(of: one, request.pod, request.spec, request.address)
      var context = ProbeContext(address: request.address, spec: request.spec)
      context.environment = setup.environment
      context.program = one.process?.program
      context.workingFolder = workingFolder(of: request.spec, request.run)
      let owner = ProcessOwner(request.spec, request.pod)
      context.user = owner.user
      context.group = owner.group
      context.supplementaryGroups = owner.supplementaryGroups
      context.exec = { [weak self] words in self?.exec(words, in: request.run) }
      var running: RunningProbe?
      running = handlers.run(setup.expanded(request.handler), context, as: purpose, timeout: request.timeout) { [weak one] outcome in
        one?.handlers.removeAll { $0 === running }
        done(outcome)
      }
      if let running { one.handlers.append(running) }
    } catch {
      done(.unknown(error.message))
    }
  }
}
