/// Latin letters with accents, ligatures and letters of few languages, as the ASCII letters that readers take them for:
/// "Élan" becomes "Elan", "straße" "strasse". Letters of other scripts stay.
enum ASCIIFolding {
    static func apply(to term: inout TermBuffer) {
        guard !term.isASCII else { return }
        term.rewriteScalars { scalar, target in
            if let folded = folded(scalar) {
                target.append(UnsafeRawBufferPointer(start: folded.utf8Start, count: folded.utf8CodeUnitCount))
            } else if let ascii = halfWidth(scalar) {
                target.append(ascii)
            } else {
                target.append(scalar)
            }
        }
    }

    private static func folded(_ scalar: Unicode.Scalar) -> StaticString? {
        guard !scalar.isASCII else { return nil }
        return isCombiningAccent(scalar) ? "" : table[scalar]
    }

    /// Accents that stand behind their letter (decomposed spelling).
    private static func isCombiningAccent(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

    /// ASCII in the full width of East Asian characters.
    private static func halfWidth(_ scalar: Unicode.Scalar) -> UInt8? {
        (0xFF01...0xFF5E).contains(scalar.value) ? UInt8(scalar.value - 0xFF01 + 0x21) : nil
    }

    private static let table: [Unicode.Scalar: StaticString] = {
        var table: [Unicode.Scalar: StaticString] = [:]
        for (folded, letters) in letters {
            for letter in letters.unicodeScalars { table[letter] = folded }
        }
        return table
    }()

    private static let letters: [(StaticString, String)] = [
        ("'", "‘’‚‛"),
        ("-", "‐‑‒–—"),
        ("A", "ÀÁÂÃÄÅĀĂĄƏǍǞǠǺȀȂȦȺḀẠẢẤẦẨẪẬẮẰẲẴẶ"),
        ("B", "ƁḂḄḆ"),
        ("C", "ÇĆĈĊČƇȻḈ"),
        ("D", "ÐĎĐƉƊḊḌḎḐḒ"),
        ("E", "ÈÉÊËĒĔĖĘĚƎƐȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆ"),
        ("F", "ƑḞ"),
        ("G", "ĜĞĠĢƓǤǦǴḠ"),
        ("H", "ĤĦȞḢḤḦḨḪ"),
        ("I", "ÌÍÎÏĨĪĬĮİƗǏȈȊḬḮỈỊ"),
        ("J", "Ĵ"),
        ("K", "ĶƘǨḰḲḴ"),
        ("L", "ĹĻĽŁḶḸḺḼ"),
        ("M", "ḾṀṂ"),
        ("N", "ÑŃŅŇŊƝǸṄṆṈṊ"),
        ("O", "ÒÓÔÕÖØŌŎŐƆƟƠǑǪǬǾȌȎȪȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ"),
        ("P", "ƤṔṖ"),
        ("R", "ŔŖŘȐȒṘṚṜṞ"),
        ("S", "ŚŜŞŠȘṠṢṤṦṨ"),
        ("T", "ŢŤŦƬƮȚṪṬṮṰ"),
        ("U", "ÙÚÛÜŨŪŬŮŰŲƯǓǕǗǙǛȔȖṲṴṶṸṺỤỦỨỪỬỮỰ"),
        ("V", "ƲṼṾ"),
        ("W", "ŴẀẂẄẆẈ"),
        ("X", "ẊẌ"),
        ("Y", "ÝŶŸƳȲẎỲỴỶỸ"),
        ("Z", "ŹŻŽƵẐẒẔ"),
        ("a", "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặⱥə"),
        ("b", "ƀḃḅḇ"),
        ("c", "çćĉċčƈȼḉ"),
        ("d", "ðďđḋḍḏḑḓ"),
        ("e", "èéêëēĕėęěǝȅȇȩḕḗḙḛḝẹẻẽếềểễệɛ"),
        ("f", "ƒḟ"),
        ("g", "ĝğġģǥǧǵḡ"),
        ("h", "ĥħȟḣḥḧḩḫẖ"),
        ("i", "ìíîïĩīĭįıǐȉȋḭḯỉị"),
        ("j", "ĵǰ"),
        ("k", "ķƙǩḱḳḵ"),
        ("l", "ĺļľłƚḷḹḻḽ"),
        ("m", "ḿṁṃ"),
        ("n", "ñńņňŋƞǹṅṇṉṋ"),
        ("o", "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"),
        ("p", "ƥṕṗ"),
        ("q", "ĸ"),
        ("r", "ŕŗřȑȓṙṛṝṟ"),
        ("s", "śŝşšſșṡṣṥṧṩẛ"),
        ("t", "ţťŧƫƭțṫṭṯṱẗ"),
        ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
        ("v", "ṽṿ"),
        ("w", "ŵẁẃẅẇẉẘ"),
        ("x", "ẋẍ"),
        ("y", "ýÿŷƴȳẏẙỳỵỷỹ"),
        ("z", "źżžƶẑẓẕ"),
        ("AE", "ÆǢǼ"),
        ("DZ", "ǄǱ"),
        ("Dz", "ǅǲ"),
        ("IJ", "Ĳ"),
        ("LJ", "Ǉ"),
        ("Lj", "ǈ"),
        ("NJ", "Ǌ"),
        ("Nj", "ǋ"),
        ("OE", "Œ"),
        ("SS", "ẞ"),
        ("TH", "Þ"),
        ("ae", "æǣǽ"),
        ("dz", "ǆǳ"),
        ("ff", "ﬀ"),
        ("fi", "ﬁ"),
        ("fl", "ﬂ"),
        ("ij", "ĳ"),
        ("lj", "ǉ"),
        ("nj", "ǌ"),
        ("oe", "œ"),
        ("ss", "ß"),
        ("st", "ﬅﬆ"),
        ("th", "þ"),
        ("ffi", "ﬃ"),
        ("ffl", "ﬄ"),
    ]
}
