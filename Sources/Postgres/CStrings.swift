/// Lends texts to C, each ended with NUL; nil stays nil. One allocation holds them all, however many they are.
func withCStrings<Result>(_ texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    var bytes: [CChar] = []
    let starts = texts.map { text -> Int? in
        guard let text else { return nil }
        defer { bytes.append(contentsOf: text.utf8CString) }
        return bytes.count
    }
    return bytes.withUnsafeBufferPointer { buffer in
        body(starts.map { start in start.flatMap { buffer.baseAddress?.advanced(by: $0) } })
    }
}
