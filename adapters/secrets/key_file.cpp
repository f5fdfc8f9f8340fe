#include "adapters/secrets/key_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "orchestrator/plan/error.hpp"

namespace transload::secrets {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }

  private:
    int fd_;
};

[[noreturn]] void unreadable(const std::filesystem::path& file, std::string_view why,
                             std::string_view remedy) {
    throw Error(ErrorKind::failed, "secrets.key_unreadable", file.string(),
                fmt::format("the key file {} {}", file.string(), why), std::string(remedy));
}

/// The key when the file exists; mends its permissions.
std::optional<KeyFile> read_key(const std::filesystem::path& file) {
    const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd.open() && errno == ENOENT) return std::nullopt;
    if (!fd.open())
        unreadable(file, fmt::format("can't be opened: {}", std::strerror(errno)),
                   "Run as the user that owns the state folder.");
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
        unreadable(file, "is no regular file", "Restore it from the state folder's backup.");

    KeyFile result;
    if ((status.st_mode & 077U) != 0) {
        const bool mended = ::fchmod(fd.get(), 0600) == 0;
        result.findings.push_back({"secrets.key_permissions", Severity::warning, file.string(),
                                   fmt::format("the key file had mode {:04o}: others may have read it{}",
                                               status.st_mode & 07777U, mended ? "; it is 0600 now" : ""),
                                   "Change the database passwords that jobs of this state folder use."});
    }
    std::array<char, key_bytes + 1> buffer{};
    std::size_t size = 0;
    while (size < buffer.size()) {
        const ssize_t got = ::read(fd.get(), buffer.data() + size, buffer.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) unreadable(file, fmt::format("can't be read: {}", std::strerror(errno)), "");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size != key_bytes)
        unreadable(file, fmt::format("has not {} bytes", key_bytes),
                   "Restore it from the state folder's backup.");
    result.key = Secret(std::string(buffer.data(), key_bytes));
    ::sodium_memzero(buffer.data(), buffer.size());
    return result;
}

/// Writes a new key beside the file and links it into its place, which fails when another was faster.
void create_key(const std::filesystem::path& file) {
    std::array<char, key_bytes> key{};
    ::randombytes_buf(key.data(), key.size());
    std::string name = file.string() + ".XXXXXX";
    const Descriptor fd(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd.open())
        unreadable(file, fmt::format("can't be created: {}", std::strerror(errno)),
                   "Make the state folder writable for this user.");
    const bool written = ::fchmod(fd.get(), 0600) == 0 &&
                         ::write(fd.get(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                         ::fsync(fd.get()) == 0;
    int failure = written ? 0 : errno;
    if (written && ::link(name.c_str(), file.c_str()) != 0 && errno != EEXIST) failure = errno;
    ::unlink(name.c_str());
    ::sodium_memzero(key.data(), key.size());
    if (failure != 0)
        unreadable(file, fmt::format("can't be written: {}", std::strerror(failure)),
                   "Make room on the disk and the state folder writable for this user.");
    const Descriptor folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.open()) ::fsync(folder.get());
}

}  // namespace

KeyFile open_key_file(const std::filesystem::path& state_dir) {
    if (::sodium_init() < 0)
        throw Error(ErrorKind::failed, "secrets.unavailable", "", "libsodium can't be initialised", "");
    const std::filesystem::path file = state_dir / "secret.key";
    if (auto known = read_key(file)) return std::move(*known);
    create_key(file);
    auto made = read_key(file);
    if (!made) unreadable(file, "disappeared while it was made", "Try again.");
    return std::move(*made);
}

}  // namespace transload::secrets
