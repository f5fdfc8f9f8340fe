#include "adapters/config/document.hpp"

#include <ctime>

#include "adapters/config/job_document.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/config/expect_error.hpp"

using namespace transload;
using namespace transload::config;
using transload::test::contains;
using transload::test::error_of;

TEST_CASE("YAML and JSON give the same tree") {
    const Node yaml = parse_yaml("a: {b: [1, 'x']}\nc: true\n", "f");
    const Node json = parse_json(R"({"a":{"b":[1,"x"]},"c":true})", "f");
    CHECK(yaml.find("a")->find("b")->items[0].text == "1");
    CHECK(json.find("a")->find("b")->items[0].text == "1");
    CHECK(yaml.find("a")->find("b")->items[1].kind == NodeKind::text);
    CHECK(json.find("a")->find("b")->items[1].kind == NodeKind::text);
    CHECK(yaml.find("c")->text == json.find("c")->text);
    CHECK(yaml.find("c")->line == 2);
}

TEST_CASE("an empty YAML file is an empty map") {
    CHECK(parse_yaml("", "f").kind == NodeKind::map);
    CHECK(parse_yaml("# nothing\n", "f").members.empty());
    CHECK(parse_yaml("---\n", "f").members.empty());
}

TEST_CASE("YAML that is broken is an error with its line") {
    struct Case {
        const char* text;
        const char* where;
        const char* says;
    };
    for (const Case& broken : std::initializer_list<Case>{{"a: 1\nb: 2\na: 3\n", "f:3", "twice"},
                                                          {"a:\n\tb: 1\n", "f:2", "tab"},
                                                          {"a: 1\n---\nb: 2\n", "f:3", "second document"},
                                                          {"a: 1\nb: [1, 2\n", "f:", "not valid YAML"},
                                                          {"a: \"x\n", "f:", "not valid YAML"},
                                                          {"a: \"x\nb: 1\n\n", "f:", "not valid YAML"},
                                                          {"a: 'x\n", "f:", "not valid YAML"},
                                                          {"- 1\n- 2\n", "f:1", "key: value"},
                                                          {"just text", "f:1", "key: value"},
                                                          {"a: 1\n{x: y}: 2\n", "f:2", "key"},
                                                          {"a: 1\nb: \xff\n", "f:2", "UTF-8"},
                                                          {"a: *b\n", "f:1", "anchor"}}) {
        CAPTURE(broken.text);
        const Error error = error_of([&] { (void)parse_yaml(broken.text, "f"); });
        CHECK(error.id() == "config.syntax");
        CHECK(error.object().substr(0, std::string(broken.where).size()) == broken.where);
        CHECK(contains(error.message(), broken.says));
    }
}

TEST_CASE("syntax errors never show what the file holds") {
    for (const char* text :
         {"password: *hunter2\n", "password: \"hunter2\n", "password: {hunter2\n", "password: @hunter2\n"})
        CHECK_FALSE(contains(error_of([&] { (void)parse_yaml(text, "f"); }).message(), "hunter2"));
    for (const char* text :
         {"{\"password\": hunter2}", "{\"password\": \"hunter2}", "{\"password\": \"hunter2\"\n\"x\"}"})
        CHECK_FALSE(contains(error_of([&] { (void)parse_json(text, "f"); }).message(), "hunter2"));
}

TEST_CASE("aliases that blow a small file up are refused quickly") {
    std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
        for (int j = 1; j < 10; ++j) bomb += "," + last;
        bomb += "]\n";
    }
    CHECK(contains(error_of([&] { (void)parse_yaml(bomb, "f"); }).message(), "more than"));
    CHECK(error_of([] { (void)parse_yaml("a: &a [*a]\n", "f"); }).id() == "config.syntax");
}

TEST_CASE("deep nesting is refused, not followed") {
    for (const std::size_t depth : {33UL, 1000UL, 200'000UL}) {
        const std::string brackets(depth, '[');
        CHECK(error_of([&] { (void)parse_yaml("a: " + brackets, "f"); }).id() == "config.syntax");
        CHECK(error_of([&] { (void)parse_json("{\"a\":" + brackets, "f"); }).id() == "config.syntax");
    }
}

TEST_CASE("JSON that is broken is an error with its line") {
    struct Case {
        const char* text;
        const char* says;
    };
    for (const Case& broken : std::initializer_list<Case>{{"", "not valid JSON"},
                                                          {"{", "not valid JSON"},
                                                          {"[]", "object"},
                                                          {"null", "object"},
                                                          {"1", "object"},
                                                          {R"({"a":1,"a":2})", "twice"},
                                                          {R"({"a":1e999})", "range"},
                                                          {R"({"a":NaN})", "not valid JSON"},
                                                          {R"({"a":01})", "not valid JSON"},
                                                          {R"({"a":1}{})", "not valid JSON"},
                                                          {"{\"a\":\"\xff\"}", "UTF-8"},
                                                          {R"({"a":"\ud800"})", "not valid JSON"},
                                                          {R"({'a':1})", "not valid JSON"}}) {
        CAPTURE(broken.text);
        const Error error = error_of([&] { (void)parse_json(broken.text, "f"); });
        CHECK(error.id() == "config.syntax");
        CHECK(contains(error.message(), broken.says));
    }
    CHECK(error_of([] { (void)parse_json("{\n\"a\": 1,\n}", "f"); }).object() == "f:3");
}

TEST_CASE("a document that is too big is refused") {
    const std::string big = "{\"a\":\"" + std::string(max_document_bytes, 'x') + "\"}";
    CHECK(contains(error_of([&] { (void)parse_json(big, "f"); }).message(), "bigger than"));
    std::string many = "{\"a\":[1";
    for (std::size_t i = 0; i < max_document_nodes; ++i) many += ",1";
    CHECK(contains(error_of([&] { (void)parse_json(many + "]}", "f"); }).message(), "more than"));
}

TEST_CASE("as many keys and accounts as a document holds are each looked at once") {
    const std::size_t count = 99'000;
    std::string keys = "{\"0\":0", yaml = "k0: 0\n", accounts = "\"a@0\"";
    for (std::size_t i = 1; i < count; ++i) keys += ",\"" + std::to_string(i) + "\":0";
    for (std::size_t i = 1; i < count / 2; ++i) {
        yaml += "k" + std::to_string(i) + ": 0\n";
        accounts += ",\"a@" + std::to_string(i) + "\"";
    }
    // The processor's time, so that a busy machine does not count: below a second, and half a minute when all keys are compared
    // with all others.
    const std::clock_t begin = std::clock();
    CHECK(parse_json(keys + "}", "f").members.size() == count);
    CHECK(parse_yaml(yaml, "f").members.size() == count / 2);
    const Node job = parse_json(R"({"source":"mysql://u@s/d","target":"mysql://u@t","cutover":{"mode":"manual","write_stop":)"
                                R"("revoke","accounts":[)" + accounts + "]}}", "f");
    CHECK(job_spec_from(job).cutover.accounts.size() == count / 2);
    CHECK(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 15);
    CHECK(error_of([&] { (void)parse_json(keys + ",\"5\":0}", "f"); }).message().find("twice") != std::string::npos);
    CHECK(error_of([&] { (void)parse_yaml(yaml + "k5: 0\n", "f"); }).message().find("twice") != std::string::npos);
}

TEST_CASE("a file is read by its name, and one that can't be read is an error that names it") {
    const test::TempDir dir;
    CHECK(read_document(dir.write("a.yaml", "x: 1\n")).find("x")->text == "1");
    CHECK(read_document(dir.write("a.json", "{\"x\": 1}")).find("x")->kind == NodeKind::number);
    CHECK(error_of([&] { (void)read_document(dir / "none.yaml"); }).id() == "config.file");
    CHECK(error_of([&] { (void)read_document(dir.path()); }).id() == "config.file");
    CHECK(contains(error_of([&] { (void)read_document(dir / "none.yaml"); }).message(), "none.yaml"));
}
