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

JobSpec spec_of(const std::string& yaml) { return job_spec_from(parse_yaml(head + yaml + "\n", "f")); }
Error refused(const std::string& yaml) {
    return error_of([&] { (void)spec_of(yaml); });
}

}  // namespace

TEST_CASE("everything that is said of a cutover by revoke with a way back is read") {
    const CutoverOptions cutover = spec_of(R"(
cutover:
  mode: manual
  write_stop: revoke
  accounts: [app@%, "batch@10.0.0.5"]
  timeout: 90s
  open_transactions: kill
  transaction_limit: 3s
  max_lag: 250ms
  reverse: true
  hand_over: {command: [/bin/tell, "the balancer"], webhook: "https://ops.example/hook?job=1", timeout: 4s}
)").cutover;
    CHECK(cutover.mode == CutoverMode::manual);
    CHECK(cutover.write_stop == WriteStopMethod::revoke);
    CHECK(cutover.accounts == std::vector<std::string>{"app@%", "batch@10.0.0.5"});
    CHECK(cutover.open_transactions == OpenTransactions::kill);
    CHECK(cutover.transaction_limit == 3s);
    CHECK(cutover.max_lag == 250ms);
    CHECK(cutover.reverse);
    CHECK(cutover.hand_over.command == std::vector<std::string>{"/bin/tell", "the balancer"});
    CHECK(cutover.hand_over.webhook == "https://ops.example/hook?job=1");
    CHECK(cutover.hand_over.timeout == 4s);
    CHECK(spec_of("cutover: {mode: auto, write_stop: lock_tables}").cutover.write_stop == WriteStopMethod::lock_tables);
}

TEST_CASE("a cutover that contradicts itself names the key") {
    CHECK(refused("cutover: {write_stop: revoke}").object() == "cutover.accounts");
    CHECK(refused("cutover: {write_stop: revoke, accounts: []}").id() == "config.missing");
    CHECK(refused("cutover: {accounts: [app@%]}").id() == "config.conflict");
    CHECK(refused("cutover: {reverse: true}").object() == "cutover.reverse");
    CHECK(refused("cutover: {reverse: true}").id() == "config.conflict");
    for (const char* account : {"app", "\"@%\"", "app@", "\"'app'@'%'\""}) {
        CAPTURE(account);
        CHECK(refused(std::string("cutover: {write_stop: revoke, accounts: [") + account + "]}").object() ==
              "cutover.accounts");
    }
    CHECK(refused("cutover: {write_stop: revoke, accounts: [a@b, a@b]}").object() == "cutover.accounts");
    CHECK(refused("cutover: {open_transactions: keep}").object() == "cutover.open_transactions");
    CHECK(refused("cutover: {transaction_limit: 2h}").object() == "cutover.transaction_limit");
    CHECK(refused("cutover: {max_lag: 0}").object() == "cutover.max_lag");
    CHECK(refused("cutover: {mode: auto, reverse: maybe}").object() == "cutover.reverse");
    CHECK(refused("cutover: {hand_over: {comand: [x]}}").object() == "cutover.hand_over.comand");
    CHECK(refused("cutover: {hand_over: {timeout: 1ms}}").object() == "cutover.hand_over.timeout");
    CHECK(refused("cutover: {hand_over: {command: [{a: b}]}}").object() == "cutover.hand_over.command[0]");
}

TEST_CASE("a webhook is a URL of a web server and holds no password") {
    for (const char* url : {"ftp://h/x", "h/x", "https://", "http:///x", "http://:80/", "http://u:p@h/", "http://u@h/",
                            "http://h/a b", "file:///etc/passwd", "https://h/\u00e4"}) {
        CAPTURE(url);
        const Error error = refused(std::string("cutover: {hand_over: {webhook: \"") + url + "\"}}");
        CHECK(error.object() == "cutover.hand_over.webhook");
        CHECK_FALSE(contains(error.message(), "u:p"));
    }
    CHECK(spec_of("cutover: {hand_over: {webhook: \"http://[::1]:80\"}}").cutover.hand_over.webhook == "http://[::1]:80");
}

TEST_CASE("how a job follows is read, and a slip in it is named") {
    const FollowOptions follow = spec_of("follow: {ddl: apply, validate_every: 10m}").follow;
    CHECK(follow.ddl == DdlPolicy::apply);
    CHECK(follow.validate_every == 10min);
    CHECK(spec_of("").follow.ddl == DdlPolicy::stop);
    CHECK(spec_of("follow: {validate_every: 0}").follow.validate_every == 0s);
    CHECK(refused("follow: {ddl: skip}").object() == "follow.ddl");
    CHECK(refused("follow: {validate_every: 10ms}").object() == "follow.validate_every");
    CHECK(refused("follow: {validate: 10m}").object() == "follow.validate");
    CHECK(refused("follow: true").object() == "follow");
}

TEST_CASE("variables say how to cut over and follow") {
    Node document = parse_yaml(head, "f");
    merge(document, job_environment([](const std::string& name) -> std::optional<std::string> {
              if (name == "TRANSLOAD_CUTOVER") return "auto";
              if (name == "TRANSLOAD_CUTOVER_WRITE_STOP") return "revoke";
              if (name == "TRANSLOAD_CUTOVER_ACCOUNTS") return "app@%,batch@h";
              if (name == "TRANSLOAD_CUTOVER_REVERSE") return "true";
              if (name == "TRANSLOAD_CUTOVER_HAND_OVER_WEBHOOK") return "http://h/";
              if (name == "TRANSLOAD_FOLLOW_DDL") return "ignore";
              return std::nullopt;
          }));
    const JobSpec spec = job_spec_from(document);
    CHECK(spec.cutover.accounts.size() == 2);
    CHECK(spec.cutover.reverse);
    CHECK(spec.cutover.hand_over.webhook == "http://h/");
    CHECK(spec.follow.ddl == DdlPolicy::ignore);
}
