#pragma once
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_server.hpp"

namespace transload::test {

/// How long a test waits for what comes behind Liquibase: that alone takes a minute on a busy machine.
inline constexpr std::chrono::seconds a_while{150};

/// "mysql://root@127.0.0.1:PORT/database"
[[nodiscard]] std::string url(const TestServer& server, const std::string& database = {});

/// Runs the built program between two servers, with folders of its own.
class Migration {
  public:
    Migration(const TestServer& source, const TestServer& target) : source_(source), target_(target) {}

    /// `transload COMMAND --source … --target … ARGUMENTS`, databases named in both URLs (empty: in neither).
    [[nodiscard]] std::vector<std::string> command(const std::string& name, const std::string& source_database,
                                                   const std::string& target_database,
                                                   std::vector<std::string> arguments = {}) const;
    [[nodiscard]] ProcessOptions options() const;

    /// Runs to the end.
    ProcessResult run(const std::string& name, const std::string& database, std::vector<std::string> arguments = {},
                      std::chrono::seconds limit = std::chrono::seconds(240)) const;

    [[nodiscard]] const TempDir& folder() const noexcept { return folder_; }

  private:
    const TestServer& source_;
    const TestServer& target_;
    TempDir folder_;
};

/// Standard output as JSON; fails the test when it is none.
[[nodiscard]] nlohmann::json report_of(const ProcessResult& result);

/// Loads deploy/sample-shop. Files that a flavour can't take are left out.
void load_sample_shop(const TestServer& server);

/// The accounts that own some of the shop's objects, with the rights that creating and using them takes.
void create_shop_definers(const TestServer& server);

}  // namespace transload::test
