// swift-tools-version: 6.1
import PackageDescription

/// Engine, Common and Steps build with the toolchain alone: no package and no system library.
let package = Package(
    name: "Apus",
    products: [
        .library(name: "Apus", targets: ["Apus"]),
        .library(name: "Common", targets: ["Common"]),
        .executable(name: "apus", targets: ["ApusTool"]),
    ],
    targets: [
        .target(name: "CKernels", path: "Engine/CKernels"),
        .target(name: "CIO", path: "Engine/CIO"),
        .target(
            name: "Apus",
            dependencies: ["CKernels", "CIO"],
            path: "Engine",
            exclude: ["CKernels", "CIO", "Tool"]
        ),
        .executableTarget(name: "ApusTool", dependencies: ["Apus", "Common"], path: "Engine/Tool"),
        .target(name: "Common", path: "Common", exclude: ["Datasets"]),
        .target(name: "Lesson", dependencies: ["Apus", "Common"], path: "Steps/Lesson"),
        .executableTarget(
            name: "basics", dependencies: ["Apus", "Common", "Lesson"], path: "Steps/Step1Basics",
            exclude: ["README.md"]),
        .executableTarget(
            name: "core-features", dependencies: ["Apus", "Common", "Lesson"], path: "Steps/Step2CoreFeatures",
            exclude: ["README.md"]),
        .target(name: "TestSupport", dependencies: ["Apus", "Common"], path: "Tests/TestSupport"),
        .testTarget(
            name: "EngineTests", dependencies: ["Apus", "Common", "TestSupport"], path: "Tests/EngineTests"),
        .testTarget(
            name: "ToolTests", dependencies: ["Apus", "ApusTool", "Common", "TestSupport"], path: "Tests/ToolTests"),
        .testTarget(
            name: "StepTests", dependencies: ["Apus", "Common", "Lesson", "TestSupport", "basics", "core-features"],
            path: "Tests/StepTests"),
        .testTarget(
            name: "ModelTests", dependencies: ["Apus", "Common", "TestSupport"], path: "Tests/ModelTests"),
        .testTarget(
            name: "CrashTests", dependencies: ["Apus", "Common", "TestSupport"], path: "Tests/CrashTests"),
        .testTarget(
            name: "FormatTests", dependencies: ["Apus", "Common", "TestSupport"], path: "Tests/FormatTests"),
        .testTarget(name: "ArchitectureTests", dependencies: ["Common"], path: "Tests/ArchitectureTests"),
        .testTarget(name: "CommonTests", dependencies: ["Common"], path: "Tests/CommonTests"),
    ],
    swiftLanguageModes: [.v6]
)
