#include "tests/integration/scripts/mirror.hpp"

#include <httplib.h>

#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/process.hpp"

namespace transload::test {
namespace {

constexpr const char* name = "apache-shardingsphere-5.5.2-shardingsphere-proxy-bin";

}  // namespace

struct Mirror::Server {
    httplib::Server http;
    int port = 0;
    std::thread thread;
};

Mirror::Mirror() : archive_(folder_ / "dist" / (std::string(name) + ".tar.gz")), server_(std::make_unique<Server>()) {
    const std::string root = std::string("tree/") + name + "/";
    folder_.write(root + "lib/shardingsphere-proxy-bootstrap-5.5.2.jar", "no jar at all");
    folder_.write(root + "conf/global.yaml", "# nothing\n");
    folder_.write(root + "bin/start.sh", "#!/bin/bash\n");
    std::filesystem::create_directories(archive_.parent_path());
    pack(folder_ / "tree");
    publish_good_checksum();
    server_->http.Get("/dist/(.*)", [this](const httplib::Request& request, httplib::Response& response) {
        ++requests_;
        const std::filesystem::path file = archive_.parent_path() / std::string(request.matches[1]);
        if (!std::filesystem::exists(file)) {
            response.status = 404;
            return;
        }
        const std::string content = read_file(file);
        if (!broken_ || file.extension() == ".sha512") {
            response.set_content(content, "application/octet-stream");
            return;
        }
        response.set_content_provider(content.size(), "application/octet-stream",
                                      [content](std::size_t, std::size_t, httplib::DataSink& sink) {
                                          sink.write(content.data(), content.size() / 2);
                                          return false;
                                      });
    });
    server_->port = server_->http.bind_to_any_port("127.0.0.1");
    server_->thread = std::thread([this] { server_->http.listen_after_bind(); });
}

Mirror::~Mirror() {
    server_->http.stop();
    server_->thread.join();
}

std::string Mirror::url() const {
    return "http://127.0.0.1:" + std::to_string(server_->port) + "/dist";
}

std::string Mirror::file_url() const {
    return "file://" + archive_.parent_path().string() + "/";
}

void Mirror::publish_checksum(const std::string& text) const {
    folder_.write(std::string("dist/") + name + ".tar.gz.sha512", text);
}

void Mirror::publish_good_checksum() const {
    const ProcessResult sum = run({"sha512sum", archive_.string()});
    REQUIRE(sum.exit_code == 0);
    publish_checksum(sum.out.substr(0, 128) + "  " + name + ".tar.gz\n");
}

void Mirror::withdraw(const std::string& suffix) const {
    std::filesystem::remove(archive_.string() + suffix);
}

void Mirror::publish_other_archive(const std::string& content) const {
    folder_.write(std::string("other/") + name + "/README.txt", content);
    pack(folder_ / "other");
    publish_good_checksum();
}

void Mirror::pack(const std::filesystem::path& tree) const {
    REQUIRE(run({"tar", "-czf", archive_.string(), "-C", tree.string(), name}).exit_code == 0);
}

}  // namespace transload::test
