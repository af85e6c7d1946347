import Testing

@testable import OnlineChange

struct RoutineTests {
    private func routine(_ source: String) -> Routine {
        Routine(identity: "public.f()", name: "public.f", source: source, isTriggerFunction: true)
    }

    @Test(arguments: ["NEW.name := 1", "name", "\"name\"", "NAME", "surname, name", "x.name$$", "(name)", "'name'"])
    func mentions(source: String) {
        #expect(routine(source.replacing("$$", with: ";")).mentions("name"))
    }

    @Test(arguments: ["", "surname", "names", "name_of", "_name", "name2", "name$", "nam e"])
    func doesNotMention(source: String) {
        #expect(!routine(source).mentions("name"))
    }

    @Test(arguments: ["SELECT (OLD).*", "VALUES (NEW.*)", "select old . *", "old.*", "SELECT ( new ) .*"])
    func expandsRow(source: String) {
        #expect(routine(source).expandsRow)
    }

    @Test(arguments: ["SELECT household.* FROM household", "OLD.name * 2", "NEW.a", "renew.*", "count(*)", "old_.*"])
    func doesNotExpandRow(source: String) {
        #expect(!routine(source).expandsRow)
    }
}
