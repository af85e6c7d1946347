import Foundation
import Testing

/// A folder for clusters that no other test sweeps, open to the server's user like `/tmp`.
struct PrivateParent {
    let path: String

    init() throws {
        var template = Array("/tmp/oc-test-XXXXXX".utf8CString)
        _ = try #require(mkdtemp(&template))
        path = template.withUnsafeBufferPointer { String(decoding: $0.dropLast().map(UInt8.init), as: UTF8.self) }
        try #require(chmod(path, 0o1777) == 0)
    }

    var clusters: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" }
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
