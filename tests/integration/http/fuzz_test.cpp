#include <httplib.h>

#include <random>

#include "tests/integration/http/fake_jobs.hpp"
#include "tests/integration/http/raw_connection.hpp"

using namespace transload;
using test::RunningServer;
using test::status_of_raw;

namespace {

/// Makes requests that are almost right: valid ones with bytes changed, cut out, doubled and put in.
class Mutator {
  public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    std::string next() {
        std::string request = samples()[below(samples().size())];
        for (std::size_t edits = below(6); edits > 0 && !request.empty(); --edits) edit(request);
        return request;
    }

  private:
    static const std::vector<std::string>& samples() {
        static const std::vector<std::string> all = [] {
            std::vector<std::string> requests;
            const std::string host = " HTTP/1.1\r\nHost: localhost\r\n";
            for (const char* path :
                 {"/health", "/metrics", "/jobs?state=DONE&limit=3", "/job/job-1",
                  "/job/job-1/events?after=0&limit=2", "/api/v1/jobs", "/job/%41%00", "/../..//job"})
                requests.push_back("GET " + (path + host) + "\r\n");
            for (const char* path : {"/job/job-1/cancel", "/job/job-1/retry", "/job/x/start"})
                requests.push_back("POST " + (path + host) + "Content-Length: 0\r\n\r\n");
            const std::string body =
                R"({"source":{"host":"s","port":3306,"user":"u","database":"d","tls":{"mode":"required"}},)"
                R"("target":"mysql://u:p@t:3307/d","limits":{"workers":4,"memory":"64MiB","replica_lag":"5s"},)"
                R"("tables":{"include":["*"],"exclude":["tmp_*"]},"retry":{"attempts":5,"backoff":"1s..60s"}})";
            for (const char* command : {"/job/job-1/cutover", "/job/job-1/retry", "/job/job-1/pause"})
                requests.push_back("POST " + (command + host) + "Content-Length: 16\r\n\r\n{\"dry_run\":true}");
            for (const char* type : {"application/json", "application/x-www-form-urlencoded", "text/plain"})
                requests.push_back("POST /job" + host + "Content-Type: " + type +
                                   "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
            requests.push_back("POST /job" + host +
                               "Content-Type: application/json\r\nTransfer-Encoding: "
                               "chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n");
            return requests;
        }();
        return all;
    }

    void edit(std::string& request) {
        static const std::vector<std::string> pieces{"\r\n",
                                                     "\0",
                                                     "\xff",
                                                     "%",
                                                     "%zz",
                                                     "null",
                                                     "1e999",
                                                     "-1",
                                                     "99999999999999999999",
                                                     "{",
                                                     "}",
                                                     "[",
                                                     "\"",
                                                     "\\ud800",
                                                     "\\u0000",
                                                     "Transfer-Encoding: chunked\r\n",
                                                     "Content-Length: 7\r\n",
                                                     "Range: bytes=0-,5-1,-3\r\n",
                                                     "Content-Encoding: gzip\r\n",
                                                     "Content-Encoding: br\r\n",
                                                     "Expect: 100-continue\r\n",
                                                     "Host: evil\r\n",
                                                     std::string(9000, 'A')};
        const std::size_t at = below(request.size());
        switch (below(5)) {
            case 0:
                request[at] = static_cast<char>(below(256));
                break;
            case 1:
                request.erase(at, 1 + below(20));
                break;
            case 2:
                request.insert(at, request.substr(below(request.size()), below(40)));
                break;
            case 3:
                request.insert(at, pieces[below(pieces.size())]);
                break;
            case 4:
                request.resize(at);
                break;
        }
    }

    std::size_t below(std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("thousands of nonsensical requests never make the server fail or fall") {
    http::ServerOptions options;
    options.limits.request = std::chrono::seconds{2};
    RunningServer running(std::move(options));
    httplib::Client client("127.0.0.1", running.port());
    (void)client.Post("/job", test::valid_job, "application/json");
    Mutator mutator(20260701);
    int answered = 0;
    for (int i = 0; i < 4000; ++i) {
        const std::string request = mutator.next();
        const int status = status_of_raw(running.port(), request);
        if (status >= 500) {
            CAPTURE(i, request.substr(0, 2000));
            FAIL("status " << status);
        }
        answered += status > 0 ? 1 : 0;
    }
    CHECK(answered > 2000);
    CHECK(client.Get("/health")->status == 200);
}
