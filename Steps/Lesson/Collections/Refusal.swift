import Apus

/// How the engine refused a call, or that it did not.
public struct Refusal {
    public let code: ApusError.Code?
    public let message: String

    public static func of(_ call: () throws -> Void) -> Refusal {
        do {
            try call()
            return Refusal(code: nil, message: "nothing was refused")
        } catch let error as ApusError {
            return Refusal(code: error.code, message: error.message)
        } catch {
            return Refusal(code: nil, message: "another error: \(error)")
        }
    }
}

extension LessonContext {
    /// Records the code that a call should be refused with.
    public func check(_ claim: String, expected: ApusError.Code, measured: ApusError.Code?) {
        check(claim, expected: expected.description, measured: measured?.description ?? "no refusal")
    }
}
