#include <httplib.h>

#include <nlohmann/json.hpp>

#include "tests/integration/http/fake_jobs.hpp"
#include "tests/integration/http/raw_connection.hpp"

using namespace transload;
using nlohmann::json;
using test::RunningServer;
using test::status_of_raw;
using test::valid_job;

namespace {

json problem_of(const httplib::Result& result) {
    REQUIRE(result);
    CHECK(result->get_header_value("Content-Type") == "application/problem+json");
    json problem = json::parse(result->body);
    CHECK(problem["status"] == result->status);
    for (const char* member : {"type", "title", "detail", "instance", "id"})
        CHECK(problem[member].is_string());
    CHECK(result->body.find("hunter2") == std::string::npos);
    return problem;
}

}  // namespace

TEST_CASE("a body that is wrong is refused with the path of the field, and nothing is half-done") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    struct Case {
        std::string body;
        int status;
        const char* path;
    };
    const std::string more = "," + valid_job.substr(1);
    for (const Case& wrong : std::initializer_list<Case>{
             {"", 400, "body:1"},
             {"{", 400, "body:1"},
             {"[]", 400, "body"},
             {"null", 400, "body"},
             {"\xff", 400, "body:1"},
             {R"({"source":"mysql://u@s/d","source":"hunter2"})", 400, "body"},
             {std::string(200'000, '['), 400, "body"},
             {R"({"limits":{"workers":1e999})" + more, 400, "body:1"},
             {"{}", 422, "source"},
             {R"({"source":5,"target":"x"})", 422, "source"},
             {R"({"source":"mysql://u:hunter2@s:x/d","target":"x"})", 422, "source"},
             {R"({"limits":{"workers":"many"})" + more, 422, "limits.workers"},
             {R"({"limits":{"workers":-1})" + more, 422, "limits.workers"},
             {R"({"limits":{"wrokers":1})" + more, 422, "limits.wrokers"},
             {R"({"engin":"native")" + more, 422, "engin"},
             {R"({"engine":null)" + more, 422, "engine"},
             {R"({"liquibase":{"java":"/tmp/x"})" + more, 422, "liquibase"},
             {R"({"source_password_file":"/etc/shadow")" + more, 422, "source_password_file"}}) {
        CAPTURE(wrong.body.substr(0, 100));
        const auto result = client.Post("/job", wrong.body, "application/json");
        const json problem = problem_of(result);
        CHECK(result->status == wrong.status);
        CHECK(problem["path"] == wrong.path);
        CHECK(problem["instance"] == "/job");
    }
    CHECK(running.jobs.list().empty());
}

TEST_CASE("bodies over the limit are refused, announced or not, packed or not") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    const std::string big = R"({"schema":")" + std::string((1 << 20) + 100, 'x') + "\"}";
    CHECK(problem_of(client.Post("/job", big, "application/json"))["status"] == 413);
    CHECK(problem_of(client.Post("/job", big, "application/x-www-form-urlencoded"))["status"] == 413);
    const auto chunked = client.Post(
        "/job",
        [&](std::size_t offset, httplib::DataSink& sink) {
            if (offset >= big.size()) {
                sink.done();
                return true;
            }
            return sink.write(big.data() + offset, std::min<std::size_t>(65'536, big.size() - offset));
        },
        "application/json");
    CHECK(problem_of(chunked)["status"] == 413);
    client.set_compress(true);
    CHECK(problem_of(client.Post("/job", big, "application/json"))["status"] == 413);
    CHECK(client.Post("/job", valid_job, "application/json")->status == 202);
    CHECK(running.jobs.list().size() == 1);
}

TEST_CASE("other content types are refused") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    for (const char* type :
         {"text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx", "json"})
        CHECK(problem_of(client.Post("/job", valid_job, type))["status"] == 415);
    CHECK(running.jobs.list().empty());
}

TEST_CASE("unknown routes, wrong methods and impossible ids are refused") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    for (const std::string& path :
         {std::string("/"), std::string("/nope"), std::string("/job/"), std::string("/job/a/b"),
          std::string("/job/nobody"), std::string("/job/%2e%2e%2fetc"), std::string("/job/a%00b"),
          std::string("/job/%ff%fe"), "/job/" + std::string(2000, 'a')}) {
        CAPTURE(path.substr(0, 40));
        CHECK(problem_of(client.Get(path))["status"] == 404);
    }
    const auto wrong = client.Get("/job");
    CHECK(problem_of(wrong)["status"] == 405);
    CHECK(wrong->get_header_value("Allow") == "POST");
    CHECK(client.Post("/jobs", "", "application/json")->status == 405);
    CHECK(client.Delete("/job/a")->status == 405);
    CHECK(client.Put("/job", valid_job, "application/json")->status == 405);
    CHECK(client.Get("/job/a/cancel")->status == 405);
    CHECK(client.Options("/job")->status == 405);
    CHECK(client.Post("/health", "", "application/json")->status == 405);
}

TEST_CASE("an answer is whole, whatever part of it is asked for") {
    RunningServer running;
    httplib::Client client("127.0.0.1", running.port());
    (void)client.Post("/job", valid_job, "application/json");
    for (const char* path : {"/health", "/jobs", "/job/job-1", "/job/job-1/events", "/job/nobody"})
        for (const char* range : {"bytes=0-0", "bytes=5-", "bytes=-3", "bytes=0-1,4-5"}) {
            CAPTURE(path, range);
            const auto answer = client.Get(path, {{"Range", range}});
            REQUIRE(answer);
            CHECK(answer->status == client.Get(path)->status);
            CHECK(json::accept(answer->body));
            CHECK_FALSE(answer->has_header("Content-Range"));
        }
    for (const char* broken : {"bytes=5-1", "bytes=0-0,5-1", "bytes=0-0,2-3,5-1"})
        CHECK(problem_of(client.Get("/health", {{"Range", broken}}))["status"] == 416);
    CHECK(client.Head("/health")->get_header_value("Accept-Ranges") == "none");
}

TEST_CASE("what is no HTTP gets a 400 or nothing, and the server lives on") {
    RunningServer running;
    for (const std::string& bytes :
         {std::string("\r\n\r\n"), std::string("GET\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
          std::string("BREW /pot HTTP/1.1\r\n\r\n"),
          std::string("GET /") + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n",
          "GET /health HTTP/1.1\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n",
          std::string("\x16\x03\x01\x02\x00\x01", 6),
          std::string("POST /job HTTP/1.1\r\nContent-Length: -5\r\n\r\nx"),
          std::string("POST /job HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\nx"),
          std::string("POST /job HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n"),
          std::string("POST /job HTTP/1.1\r\nContent-Length: 100\r\n\r\n{}"),
          std::string("GET /health HTTP/1.1\r\nRange: bytes=5-1\r\n\r\n")}) {
        CAPTURE(bytes.substr(0, 60));
        const int status = status_of_raw(running.port(), bytes);
        CHECK((status == 0 || (status >= 400 && status < 500)));
    }
    CHECK(status_of_raw(running.port(), "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n") == 200);
    CHECK(running.jobs.list().empty());
}
