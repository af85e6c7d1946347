/// Sizes as people read them.
enum Bytes {
    /// `512 B`, `64 kB`, `1.5 GB` (powers of 1024, as the server counts).
    static func text(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["B", "kB", "MB", "GB"] {
            if abs(value) < 1024 { return unit == "B" ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(unit)" }
            value /= 1024
        }
        return "\((value * 10).rounded() / 10) TB"
    }
}
