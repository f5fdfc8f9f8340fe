#include "adapters/sqlite/state_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

#include "adapters/sqlite/sqlite_job_store.hpp"
#include "orchestrator/codec/json_text.hpp"
#include "orchestrator/codec/time_text.hpp"
#include "orchestrator/plan/error.hpp"

namespace transload::sqlite {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data())
                                                            : std::string("unknown");
}

std::string content_of(int fd) {
    std::array<char, 512> buffer{};
    const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
    std::string text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return valid_utf8(text);
}

/// The file may have been replaced between open and flock; then the lock is on something that nobody sees.
bool still_there(int fd, const std::filesystem::path& file) {
    struct stat mine {
    }, there{};
    return ::fstat(fd, &mine) == 0 && ::stat(file.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

}  // namespace

StateLock::StateLock(const std::filesystem::path& state_dir) : file_(state_dir / "lock") {
    make_state_dir(state_dir);
    const auto unavailable = [&](int error) {
        return Error(ErrorKind::failed, "store.unavailable", file_.string(),
                     fmt::format("the lock file {} can't be made: {}", file_.string(), std::strerror(error)),
                     "Make the state folder writable for this user.");
    };
    for (;;) {
        fd_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd_ < 0) throw unavailable(errno);
        if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
            const int error = errno;
            const std::string holder = content_of(fd_);
            ::close(fd_);
            if (error == EINTR) continue;
            if (error != EWOULDBLOCK) throw unavailable(error);
            throw Error(
                ErrorKind::refused, "store.locked", file_.string(),
                fmt::format("another orchestrator works with this state folder: {} is held by {}",
                            file_.string(), holder.empty() ? "a process that is just starting" : holder),
                "Use that one (transload job … --server URL), end it, or choose another --state-dir.");
        }
        if (still_there(fd_, file_)) break;
        ::close(fd_);
    }
    const std::string content = fmt::format("pid {} on {} since {}\n", ::getpid(), host_name(),
                                            utc_text(std::chrono::system_clock::now()));
    // Only for people to read: a full disk must not keep an orchestrator from starting to say so elsewhere.
    if (::ftruncate(fd_, 0) == 0) [[maybe_unused]]
        const ssize_t written = ::pwrite(fd_, content.data(), content.size(), 0);
}

StateLock::~StateLock() {
    if (fd_ < 0) return;
    // The file stays: removing it would let two processes lock two files of one name.
    [[maybe_unused]] const int emptied = ::ftruncate(fd_, 0);
    ::close(fd_);
}

}  // namespace transload::sqlite
