import Foundation
import Testing

@Suite("The library of the gate")
struct LibraryTests {
    @Test("it is loaded by its path, and says where the functions are")
    func exports() throws {
        let library = try #require(dlopen(try BuiltParts.gate(), RTLD_NOW | RTLD_LOCAL))
        #expect(dlsym(library, "C_GetFunctionList") != nil)
        #expect(dlsym(library, "C_Initialize") == nil)
    }
}
