#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/integration/scripts/mirror.hpp"
#include "tests/support/process.hpp"
#include "tests/support/skip.hpp"

using namespace transload::test;
namespace fs = std::filesystem;

namespace {

/// Tools and a proxy's home of their own, the tools with the machine's Liquibase.
struct Place {
    Place() {
        const char* tools = std::getenv("TRANSLOAD_TOOLS");
        const char* home_folder = std::getenv("HOME");
        const fs::path installed = fs::path(tools != nullptr ? tools : std::string(home_folder == nullptr ? "" : home_folder) +
                                                                           "/.cache/transload/tools") /
                                   "liquibase-4.27.0";
        ready = fs::exists(installed / "liquibase") && run({"dpkg-query", "-W", "zookeeper", "curl"}).exit_code == 0;
        fs::create_directories(folder / "tools");
        fs::create_directory_symlink(installed, folder / "tools" / "liquibase-4.27.0");
    }

    [[nodiscard]] ProcessResult setup(const std::string& url) const {
        ProcessOptions options;
        options.environment = {{"TRANSLOAD_TOOLS", (folder / "tools").string()},
                               {"SHARDINGSPHERE_PROXY_HOME", home.string()},
                               {"SHARDINGSPHERE_DIST_URL", url},
                               {"no_proxy", "127.0.0.1"}};
        return run({(source_dir() / "scripts/setup").string(), "--no-build", "--no-servers", "--with-shardingsphere"}, options);
    }

    /// Nothing but the tools and the mirror's own; no half of an installation either.
    [[nodiscard]] bool untouched() const {
        for (const auto& entry : fs::directory_iterator(folder / "apps")) {
            UNSCOPED_INFO(entry.path());
            return false;
        }
        for (const auto& entry : fs::directory_iterator(folder / "tools"))
            if (entry.path().filename() != "liquibase-4.27.0" && entry.path().filename() != ".lock") {
                UNSCOPED_INFO(entry.path());
                return false;
            }
        return true;
    }

    [[nodiscard]] bool installed() const {
        return fs::exists(home / "lib/shardingsphere-proxy-bootstrap-5.5.2.jar") && fs::exists(home / "conf/global.yaml") &&
               fs::exists(home / "ext-lib/mysql-connector-j-8.3.0.jar");
    }

    TempDir folder;
    fs::path home = (fs::create_directories(folder / "apps"), folder / "apps" / "the proxy");
    bool ready = false;
};

bool says(const ProcessResult& result, const std::string& text) {
    UNSCOPED_INFO(result.err);
    return result.err.find(text) != std::string::npos;
}

}  // namespace

#define NEEDS_WHAT_SETUP_INSTALLS(place) \
    if (!(place).ready) SKIP_TEST("Liquibase, zookeeper or curl is not installed; run scripts/setup --with-shardingsphere")

TEST_CASE("setup installs ShardingSphere-Proxy from a mirror, with its driver, and once only") {
    const Place place;
    NEEDS_WHAT_SETUP_INSTALLS(place);
    const Mirror mirror;
    const bool by_file = GENERATE(false, true);
    const std::string url = by_file ? mirror.file_url() : mirror.url();
    ProcessResult result = place.setup(url);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(place.installed());
    CHECK(std::distance(fs::directory_iterator(place.folder / "apps"), fs::directory_iterator()) == 1);
    const unsigned requests = mirror.requests();
    result = place.setup(url);
    CHECK(result.exit_code == 0);
    CHECK(result.err.empty());
    CHECK(mirror.requests() == requests);
}

TEST_CASE("setup takes an empty folder for the proxy's home, and what a killed run left beside it away") {
    const Place place;
    NEEDS_WHAT_SETUP_INSTALLS(place);
    const Mirror mirror;
    fs::create_directories(place.home);
    place.folder.write("apps/.the proxy.partial.abcdef/lib/half", "half");
    CHECK(place.setup(mirror.url()).exit_code == 0);
    CHECK(place.installed());
    CHECK(std::distance(fs::directory_iterator(place.folder / "apps"), fs::directory_iterator()) == 1);
}

TEST_CASE("an archive that is not what its checksum says is not installed") {
    const Place place;
    NEEDS_WHAT_SETUP_INSTALLS(place);
    const Mirror mirror;
    mirror.publish_checksum(std::string(128, 'a') + " *archive\n");
    ProcessResult result = place.setup(mirror.url());
    CHECK(result.exit_code == 1);
    CHECK(says(result, "is not what its .sha512 says"));
    CHECK(place.untouched());
    mirror.publish_checksum("<html>not found</html>\n" + std::string(129, 'a'));
    result = place.setup(mirror.url());
    CHECK(result.exit_code == 1);
    CHECK(says(result, "holds no SHA-512"));
    CHECK(place.untouched());
}

TEST_CASE("an archive or a checksum that is missing is an error that names it") {
    const Place place;
    NEEDS_WHAT_SETUP_INSTALLS(place);
    const Mirror mirror;
    const std::string suffix = GENERATE("", ".sha512");
    mirror.withdraw(suffix);
    const ProcessResult result = place.setup(mirror.url());
    CHECK(result.exit_code == 1);
    CHECK(says(result, "shardingsphere-proxy-bin.tar.gz" + suffix + " could not be fetched; nothing was installed"));
    CHECK(place.untouched());
}

TEST_CASE("a transfer that breaks off leaves nothing, and the next run installs") {
    const Place place;
    NEEDS_WHAT_SETUP_INSTALLS(place);
    Mirror mirror;
    mirror.break_off(true);
    const ProcessResult result = place.setup(mirror.url());
    CHECK(result.exit_code == 1);
    CHECK(says(result, "could not be fetched"));
    CHECK(place.untouched());
    mirror.break_off(false);
    CHECK(place.setup(mirror.url()).exit_code == 0);
    CHECK(place.installed());
}

TEST_CASE("an archive that holds something else is not installed") {
    const Place place;
    NEEDS_WHAT_SETUP_INSTALLS(place);
    const Mirror mirror;
    mirror.publish_other_archive("something else");
    const ProcessResult result = place.setup(mirror.url());
    CHECK(result.exit_code == 1);
    CHECK(says(result, "holds no ShardingSphere-Proxy 5.5.2"));
    CHECK(place.untouched());
}

TEST_CASE("a home that holds something else is left alone, and one with a proxy gets the driver alone") {
    const Place place;
    NEEDS_WHAT_SETUP_INSTALLS(place);
    const Mirror mirror;
    place.folder.write("apps/the proxy/notes.txt", "mine");
    ProcessResult result = place.setup(mirror.url());
    CHECK(result.exit_code == 1);
    CHECK(says(result, "it is left alone"));
    CHECK(read_file(place.home / "notes.txt") == "mine");
    place.folder.write("apps/the proxy/lib/shardingsphere-proxy-bootstrap-5.5.2.jar", "mine, too");
    result = place.setup(mirror.url());
    CHECK(result.exit_code == 0);
    CHECK(fs::file_size(place.home / "ext-lib/mysql-connector-j-8.3.0.jar") > 1'000'000);
    CHECK(mirror.requests() == 0);
}
