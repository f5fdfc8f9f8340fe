#include "adapters/config/document.hpp"
#include "adapters/config/environment.hpp"
#include "adapters/config/job_document.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using namespace std::chrono_literals;
using transload::test::contains;
using transload::test::error_of;

namespace {

const std::string head = "source: mysql://u@s/shop\ntarget: mysql://u@t\n";

CutoverOptions cutover_of(const std::string& yaml) {
    return job_spec_from(parse_yaml(head + "cutover: " + yaml + "\n", "f")).cutover;
}

Error refused(const std::string& yaml) {
    return error_of([&] { (void)cutover_of(yaml); });
}

}  // namespace

TEST_CASE("a cutover with everything is read, and its hook keeps its arguments as they are") {
    const CutoverOptions cutover =
        cutover_of(R"({mode: manual, write_stop: hook, hook: [/bin/stop, "--all; rm *", 7], timeout: 90s})");
    CHECK(cutover.mode == CutoverMode::manual);
    CHECK(cutover.write_stop == WriteStopMethod::hook);
    CHECK(cutover.hook == std::vector<std::string>{"/bin/stop", "--all; rm *", "7"});
    CHECK(cutover.timeout == 90s);
    CHECK(cutover_of("{hook: /bin/stop it}").hook == std::vector<std::string>{"/bin/stop it"});
}

TEST_CASE("a cutover that says little has the defaults") {
    for (const char* yaml : {"auto", "{mode: auto}"}) {
        const CutoverOptions cutover = cutover_of(yaml);
        CHECK(cutover.mode == CutoverMode::automatic);
        CHECK(cutover.write_stop == WriteStopMethod::super_read_only);
        CHECK(cutover.hook.empty());
        CHECK(cutover.timeout == 60s);
    }
    CHECK(cutover_of("{}").mode == CutoverMode::none);
}

TEST_CASE("a wrong cutover names the key") {
    CHECK(refused("{mode: now}").object() == "cutover.mode");
    CHECK(refused("{write_stop: read_only}").object() == "cutover.write_stop");
    CHECK(contains(refused("{write_stop: hok}").message(), "did you mean \"hook\""));
    CHECK(refused("{write_stop: hook}").object() == "cutover.hook");
    CHECK(refused("{write_stop: hook}").id() == "config.missing");
    CHECK(refused("{write_stop: hook, hook: []}").object() == "cutover.hook");
    CHECK(refused("{hook: [a, {b: c}]}").object() == "cutover.hook[1]");
    CHECK(refused("{hook: [\"\"]}").object() == "cutover.hook[0]");
    CHECK(refused("{timeout: 0}").object() == "cutover.timeout");
    CHECK(refused("{timeout: 2h}").object() == "cutover.timeout");
    CHECK(refused("{timeout: 60}").object() == "cutover.timeout");
    CHECK(refused("{timeuot: 60s}").object() == "cutover.timeuot");
    CHECK(refused("[auto]").object() == "cutover");
}

TEST_CASE("no hook comes over HTTP, in whatever way it is asked for") {
    const auto request = [](const std::string& cutover) {
        return error_of([&] {
            (void)job_spec_from_request(
                R"({"source":"mysql://u@s/shop","target":"mysql://u@t","cutover":)" + cutover + "}", {});
        });
    };
    for (const char* cutover :
         {R"({"hook":["/bin/sh","-c","id"]})", R"({"hook":"/bin/sh"})", R"({"hook":[]})", R"({"hook":null})",
          R"({"mode":"auto","write_stop":"super_read_only","hook":["/bin/sh"]})",
          R"({"mode":"auto","write_stop":"hook","hook":["/bin/sh"]})", R"({"mode":"auto","write_stop":"hook"})",
          R"({"hand_over":{"command":["/bin/sh"]}})", R"({"hand_over":{"command":[]}})"}) {
        CAPTURE(cutover);
        const Error error = request(cutover);
        CHECK(error.id() == "config.not_allowed");
        CHECK((error.object() == "cutover.hook" || error.object() == "cutover.write_stop" ||
               error.object() == "cutover.hand_over.command"));
    }
    const JobSpec spec = job_spec_from_request(
        R"({"source":"mysql://u@s/shop","target":"mysql://u@t","cutover":{"mode":"manual","timeout":"30s"}})", {});
    CHECK(spec.cutover.mode == CutoverMode::manual);
    CHECK(spec.cutover.timeout == 30s);
}

TEST_CASE("a flag or a variable that says more of a cutover does not take its mode away") {
    Node document = parse_yaml(head + "cutover: manual\n", "f");
    expand_short_forms(document);
    set(document, "cutover.timeout", "5s", Origin::flag);
    CHECK(job_spec_from(document).cutover.mode == CutoverMode::manual);
    CHECK(job_spec_from(document).cutover.timeout == 5s);

    Node other = parse_yaml(head, "f");
    merge(other, job_environment([](const std::string& name) -> std::optional<std::string> {
              if (name == "TRANSLOAD_CUTOVER") return "auto";
              if (name == "TRANSLOAD_CUTOVER_HOOK") return "/bin/stop,all";
              if (name == "TRANSLOAD_CUTOVER_TIMEOUT") return "7s";
              return std::nullopt;
          }));
    const CutoverOptions cutover = job_spec_from(other).cutover;
    CHECK(cutover.mode == CutoverMode::automatic);
    CHECK(cutover.hook == std::vector<std::string>{"/bin/stop", "all"});
    CHECK(cutover.timeout == 7s);

    Node wrong = parse_yaml(head + "cutover: now\n", "f");
    expand_short_forms(wrong);
    CHECK(error_of([&] { (void)job_spec_from(wrong); }).object() == "cutover.mode");
}
