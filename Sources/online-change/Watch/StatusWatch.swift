import Foundation
import OnlineChange
import Postgres

/// Shows changes again every second: drawn in place on a terminal, elsewhere a line for each that is news.
struct StatusWatch: Sendable {
    let parameters: ConnectionParameters
    let change: String?

    private enum Event: Sendable {
        case saw([ChangeStatus])
        case lost(String)
        case failed(Failure)
        case terminal(TerminalEvents.Event)
        case said(String)
        case tick
    }

    /// Watches until every change has ended, `q`, or Ctrl-C. Whatever ends it, the terminal is as it was.
    func run() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        // Apart from the picture: a look can hang as long as a network likes, and keys must work meanwhile.
        let looks = Task { await look(continuation) }
        let isInteractive = Terminal.isInteractive
        let terminal = isInteractive ? TerminalEvents { continuation.yield(.terminal($0)) } : nil
        let clock = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                continuation.yield(.tick)
            }
        }
        if isInteractive { FullScreen.enter() }
        var screen = WatchScreen()
        let outcome: Result<Void, any Error>
        do {
            try await show(events, &screen, continuation, isInteractive: isInteractive)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        terminal?.cancel()
        clock.cancel()
        looks.cancel()
        if isInteractive {
            FullScreen.leave()
            // What was seen last stays to be read.
            if !screen.statuses.isEmpty {
                let size = Terminal.size
                Terminal.write(
                    StatusPage(screen.statuses, isOne: change != nil).lines(width: size?.columns).joined(
                        separator: "\n"
                    ) + "\n"
                )
            }
        }
        try outcome.get()
        guard !Task.isCancelled else {
            throw Failure(.interrupted, "interrupted", left: "The change goes on without being watched.")
        }
    }

    private func show(
        _ events: AsyncStream<Event>,
        _ screen: inout WatchScreen,
        _ continuation: AsyncStream<Event>.Continuation,
        isInteractive: Bool
    ) async throws {
        let start = ContinuousClock.now
        var log = WatchLog()
        for await event in events {
            let now = (ContinuousClock.now - start).seconds
            switch event {
            case .saw(let statuses):
                screen.saw(statuses, at: now)
                if !isInteractive { log.lines(for: statuses).forEach { Terminal.write($0 + "\n") } }
                if screen.isOver { return }
            case .lost(let reason):
                screen.lost(reason, at: now)
                if !isInteractive { log.lines(forLoss: reason).forEach { Terminal.write($0 + "\n") } }
            case .failed(let failure): throw failure
            case .said(let text): screen.say(text)
            case .tick: break
            case .terminal(.resized): Terminal.write("\u{1B}[2J")
            case .terminal(.stopAsked):
                FullScreen.leave()
                kill(getpid(), SIGSTOP)
                FullScreen.enter()
            case .terminal(.key(let key)):
                guard let order = screen.order(for: key) else { break }
                guard order != .quit else { return }
                guard let name = screen.statuses.first.map({ "\($0.number)" }) else { break }
                screen.say("…")
                Task { continuation.yield(.said(await obey(order, name))) }
            }
            if isInteractive, let size = Terminal.size {
                FullScreen.draw(
                    screen.lines(columns: size.columns, rows: size.rows, at: now, isColoured: Terminal.isColoured)
                )
            }
        }
    }

    /// Looks once a second by one session, and makes another when that is lost.
    private func look(_ continuation: AsyncStream<Event>.Continuation) async {
        var reader: StatusReader?
        var wasConnected = false
        while !Task.isCancelled {
            do {
                let opened: StatusReader
                if let reader { opened = reader } else { opened = try await StatusReader.open(parameters) }
                reader = opened
                wasConnected = true
                continuation.yield(.saw(try await opened.read(change)))
            } catch {
                let failure = Failure(error)
                // Whoever has mistyped the address or the name must not wait for it.
                guard wasConnected, failure.kind == .unreachable || failure.kind == .notNow else {
                    if !Task.isCancelled { continuation.yield(.failed(failure)) }
                    break
                }
                await reader?.close()
                reader = nil
                continuation.yield(.lost(failure.message))
            }
            try? await Task.sleep(for: .seconds(1))
        }
        await reader?.close()
        continuation.finish()
    }

    /// Does what a key asks for, and says what came of it.
    private func obey(_ order: WatchScreen.Order, _ change: String) async -> String {
        do {
            switch order {
            case .quit: return ""
            case .pause:
                _ = try await Control.set(change, on: parameters, isPaused: true)
                return "paused; p again to resume"
            case .resume:
                _ = try await Control.set(change, on: parameters, isPaused: false)
                return "resumed"
            case .tune(let limits):
                _ = try await Control.set(change, on: parameters, limits: limits)
                return "\(limits.text), from the next batch on"
            }
        } catch {
            return "not done: \(Failure(error).message)"
        }
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
