// swift-tools-version: 6.1
import PackageDescription

/// Engine, Common and Steps build with the toolchain alone: no package and no system library.
let package = Package(
    name: "Apus",
    products: [
        .library(name: "Apus", targets: ["Apus"]),
        .library(name: "Common", targets: ["Common"]),
    ],
    targets: [
        .target(name: "CKernels", path: "Engine/CKernels"),
        .target(
            name: "Apus",
            dependencies: ["CKernels"],
            path: "Engine",
            exclude: ["CKernels"]
        ),
        .target(name: "Common", path: "Common", exclude: ["Datasets"]),
        .target(name: "TestSupport", dependencies: ["Apus", "Common"], path: "Tests/TestSupport"),
        .testTarget(
            name: "EngineTests", dependencies: ["Apus", "Common", "TestSupport"], path: "Tests/EngineTests"),
        .testTarget(
            name: "ModelTests", dependencies: ["Apus", "Common", "TestSupport"], path: "Tests/ModelTests"),
        .testTarget(
            name: "CrashTests", dependencies: ["Apus", "Common", "TestSupport"], path: "Tests/CrashTests"),
        .testTarget(name: "CommonTests", dependencies: ["Common"], path: "Tests/CommonTests"),
    ],
    swiftLanguageModes: [.v6]
)
