extension String {
    /// The text with a mark put before every one of the scalars given.
    ///
    /// By scalars, not by characters: a quote with a combining accent after it is another `Character`, and still a
    /// quote to the server.
    func putting(_ mark: Unicode.Scalar, before scalars: Unicode.Scalar...) -> String {
        var result = UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalars.contains(scalar) { result.append(mark) }
            result.append(scalar)
        }
        return String(result)
    }
}
