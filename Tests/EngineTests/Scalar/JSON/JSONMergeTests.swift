import Testing

@testable import Apus

@Suite struct JSONMergeTests {
    private func merged(_ object: String, _ patch: String) -> String? {
        Array(object.utf8).withUnsafeBytes { object in
            Array(patch.utf8).withUnsafeBytes { patch in
                JSONMerge.merged(object, with: patch).map { String(decoding: $0, as: UTF8.self) }
            }
        }
    }

    @Test func membersAreReplacedAndAdded() {
        #expect(merged("{}", "{}") == "{}")
        #expect(merged(#"{"a": 1, "b": [2] }"#, #"{"b": {"x": null}, "c": ""}"#) == #"{"a":1,"b":{"x": null},"c":""}"#)
        #expect(merged(#"{"a":{"x":1,"y":2}}"#, #"{"a":{"x":3}}"#) == #"{"a":{"x":3}}"#)
        #expect(merged(#"{"\u0061":1}"#, #"{"a":2}"#) == #"{"a":2}"#)
        #expect(merged(#"{"a":1}"#, #"{"a":null}"#) == #"{"a":null}"#)
    }

    @Test func onlyObjectsAreMerged() {
        for (object, patch) in [("[]", "{}"), ("{}", "1"), ("", "{}"), ("{}", "null")] {
            #expect(merged(object, patch) == nil)
        }
    }
}
