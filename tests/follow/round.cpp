#include "tests/follow/round.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <catch2/catch.hpp>
#include <random>

#include "tests/follow/ending.hpp"
#include "tests/follow/follow_job.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/cutting_proxy/cutting_proxy.hpp"
#include "tests/support/sql.hpp"
#include "tests/support/workload/workload.hpp"

namespace transload::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* live = "live";
/// On a busy machine Liquibase alone takes a minute; who is waited for in vain is waited for once.
constexpr auto patience = 240s;

/// What is done to a round, and what it did.
class Round {
  public:
    explicit Round(const RoundOptions& options)
        : options_(options), random_(options.seed),
          source_(TestServer::start(options.source, {.gtid = options.source_gtid, .memory = "128M"})),
          target_(TestServer::start(options.target, {.memory = "128M"})) {
        create_workload_tables(source_, live, {.rows = 3000, .foreign_keys = options.foreign_keys});
        source_network_ = std::make_unique<CuttingProxy>(source_.port());
        target_network_ = std::make_unique<CuttingProxy>(target_.port());
        // Slow enough that the inventory takes some seconds: kills are to fall into it, too. The limit holds for changes as
        // well: the workload has to stay below it.
        job_ = std::make_unique<FollowJob>(
            source_, target_, live, std::vector<std::string>{"--engine", "native", "--cutover", "manual", "--rows-per-second", "6000", "--show-values"},
            FollowJob::Route{source_network_->port(), target_network_->port()});
        workload_ = std::make_unique<Workload>(
            source_, live, WorkloadOptions{.seed = options.seed, .writers = 3, .transactions_per_second = 150, .big_rows = 20000,
                                           .big_every = 1000, .foreign_keys = options.foreign_keys});
    }

    void play() {
        REQUIRE(workload_->wait_for_more(50));
        process_.emplace(job_->start());
        if (options_.calm) {
            until_it_follows();
            REQUIRE(workload_->wait_for_more(600, patience));
            until_it_follows();
        }
        for (unsigned i = 0; i < (options_.calm ? 0 : options_.kills); ++i) {
            trouble_for(400 + draw(4500));
            kill_program();
        }
        if (!options_.calm) trouble_for(1500);
        until_it_follows();
        // A table that is emptied while its rows are read ends their view; from here on nothing is read.
        clearing_ = std::make_unique<Workload>(source_, live, WorkloadOptions{.seed = options_.seed + 1, .writers = 1, .first_writer = 21,
                                                                              .transactions_per_second = 50, .truncate = true});
        REQUIRE(clearing_->wait_for_more(60));
        until_it_follows();
        ask_for_cutover();
        until_it_is_over();
        compare();
    }

  private:
    unsigned draw(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random_); }
    void note(const std::string& text) { story_ += text + "; "; }

    void trouble_for(unsigned milliseconds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
        while (std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(200 + draw(500)));
            CuttingProxy& network = draw(2) == 0 ? *source_network_ : *target_network_;
            const std::string side = &network == source_network_.get() ? "source" : "target";
            switch (draw(9)) {
                case 0: network.cut(); note("cut " + side); break;
                case 1: lose(network, side); break;
                case 2: network.stall(true); std::this_thread::sleep_for(400ms); network.stall(false); note("stall " + side); break;
                case 3: network.refuse(true); network.cut(); std::this_thread::sleep_for(600ms); network.refuse(false); note("refuse " + side); break;
                case 4: network.delay(std::chrono::milliseconds(draw(20))); note("delay " + side); break;
                case 5: if (restarts_++ < most_restarts_) restart(source_, "source"); break;
                case 6: if (restarts_++ < most_restarts_) restart(target_, "target"); break;
                default: break;
            }
            go_on_if_it_ended();
        }
        source_network_->delay(0ms);
        target_network_->delay(0ms);
    }

    /// Sessions of Liquibase are not Transload's to end: what it has locked it keeps for as long as the server likes.
    void lose(CuttingProxy& network, const std::string& side) {
        const bool ours = job_->state() == "DATA_RUNNING";
        ours ? network.abandon() : network.cut();
        note((ours ? "abandon " : "cut ") + side);
    }

    void restart(TestServer& server, const std::string& side) {
        if (draw(2) == 0) server.kill(); else server.halt();
        std::this_thread::sleep_for(300ms);
        server.restart();
        note("restart " + side);
    }

    void kill_program() {
        note("kill in " + job_->state());
        process_->signal(SIGKILL);
        const ProcessResult result = process_->wait(10s);
        told_ += result.err + "--- killed\n";
        // It may have come to an end of its own a moment before.
        if (result.exit_code != 128 + SIGKILL && (!asked_ || result.exit_code != 0)) judge(result);
        process_.emplace(job_->start());
    }

    /// A job may give up while a server is away, saying so; the same command goes on with it. Nothing else may end it.
    void go_on_if_it_ended() {
        if (process_->running()) return;
        const ProcessResult result = process_->wait(1s);
        told_ += result.err + fmt::format("--- ended with {}\n", result.exit_code);
        judge(result);
        REQUIRE(++endings_ < 12);
        note(fmt::format("ended with {}", result.exit_code));
        process_.emplace(job_->start());
    }

    void judge(const ProcessResult& result) {
        INFO(story_);
        INFO(told_);
        INFO(result.out);
        const std::string unexcused = unexcused_ending(result);
        // A log that can't be understood may come from rows that are damaged on the source.
        const std::string damaged = unexcused.find("binlog.") != std::string::npos ? unreadable_documents(source_, live) : "";
        INFO(damaged);
        REQUIRE(unexcused == "");
        REQUIRE_FALSE(options_.calm);  // no server was away
    }

    void until_it_follows() {
        bool follows = false;
        for (auto end = std::chrono::steady_clock::now() + patience; !follows && std::chrono::steady_clock::now() < end;) {
            go_on_if_it_ended();
            if (job_->state() == "DATA_RUNNING") {
                // A mark that was not there when the tables were copied.
                const auto wanted = workload_->acknowledged();
                follows = eventually([&] { return there(wanted); }, 3s, 50ms);
            }
            std::this_thread::sleep_for(50ms);
        }
        INFO(story_);
        INFO(told_ + process_->err());
        INFO(job_->events());
        REQUIRE(follows);
    }

    bool there(const std::map<unsigned, std::uint64_t>& wanted) const {
        try {
            for (const auto& [writer, serial] : wanted)
                if (std::stoull(value(target_, fmt::format("SELECT COALESCE(MAX(serial), 0) FROM acks WHERE writer = {}", writer), live)) < serial)
                    return false;
            return true;
        } catch (const std::exception&) {
            return false;  // no such table yet
        }
    }

    void ask_for_cutover() {
        const ProcessResult asked = job_->command("cutover");
        INFO(asked.out);
        INFO(asked.err);
        REQUIRE(asked.exit_code == 0);
        asked_ = true;
        note("cutover asked");
        if (options_.calm) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(draw(2500)));
        if (process_->running()) kill_program();
    }

    void until_it_is_over() {
        std::string state;
        for (auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;) {
            if (!process_->running()) {
                result_ = process_->wait(1s);
                if (result_.exit_code == 0) return;
                go_on_if_it_ended();
            }
            std::this_thread::sleep_for(100ms);
        }
        INFO(story_);
        INFO(told_ + process_->err());
        INFO(job_->events());
        FAIL("the job did not come to its end");
    }

    void compare() {
        CHECK(eventually([&] { return workload_->refused_everywhere(); }, 10s));
        workload_->stop();
        clearing_->stop();
        INFO(story_);
        INFO(workload_->statistics().text());
        INFO(told_ + result_.err);
        CHECK(workload_->unexpected() == "");
        REQUIRE(json::accept(result_.out));
        const json report = json::parse(result_.out);
        CHECK(report.at("state") == "DONE");
        CHECK(report.at("cutover").at("state") == "over");
        CHECK(report.at("validation").at("mismatches") == 0);
        CHECK_FALSE(takes_writes(source_));
        CHECK(takes_writes(target_));
        CHECK(row_differences(source_, live, target_, live) == std::vector<std::string>{});
        CHECK(document_type_differences(source_, target_, live) == std::vector<std::string>{});
        CHECK(missing_acknowledged(*workload_, target_, live) == std::vector<std::string>{});
        CHECK(clearing_->unexpected() == "");
        CHECK(missing_acknowledged(*clearing_, target_, live) == std::vector<std::string>{});
        WARN("round " << options_.seed << ": " << workload_->statistics().text() << "; " << story_);
    }

    RoundOptions options_;
    std::mt19937 random_;
    TestServer source_;
    TestServer target_;
    std::unique_ptr<CuttingProxy> source_network_;
    std::unique_ptr<CuttingProxy> target_network_;
    std::unique_ptr<FollowJob> job_;
    std::unique_ptr<Workload> workload_;
    std::unique_ptr<Workload> clearing_;
    std::optional<Process> process_;
    ProcessResult result_;
    std::string story_;
    std::string told_;
    const unsigned most_restarts_ = from_environment("TRANSLOAD_FOLLOW_RESTARTS", 2);
    unsigned restarts_ = 0;
    unsigned endings_ = 0;
    bool asked_ = false;
};

}  // namespace

void run_round(const RoundOptions& options) {
    CAPTURE(options.seed);
    Round round(options);
    round.play();
}

}  // namespace transload::test
