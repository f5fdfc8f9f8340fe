#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace transload::logging {

/// Text on its way to a terminal, a pipe or a file, written by a thread of its own, so that whoever has something to say never
/// waits for a reader: a job that is told about must not stand still, least of all with a write stop on, because a terminal
/// was stopped or nobody reads a pipe. When too much waits, the oldest goes and a text says so in its place. Thread-safe.
class OutputQueue {
  public:
    /// May wait as long as it wants. What it throws is ignored: there is nothing left to tell.
    using Write = std::function<void(std::string_view text)>;
    /// The text that stands where `pieces` were left out.
    using Gap = std::function<std::string(std::uint64_t pieces)>;

    static constexpr std::size_t enough = std::size_t{4} << 20;
    static constexpr std::chrono::milliseconds patience{2000};

    /// To a file descriptor that stays open. No stdio: a thread that waits for a reader would hold the stream's lock.
    [[nodiscard]] static Write to(int descriptor);

    /// Where `write` needs something, that must outlive the queue, and more: the thread is left behind when it is stuck there.
    OutputQueue(Write write, Gap gap, std::size_t most_bytes = enough);
    /// Like drain, unless that was in vain already; what is not written then is lost.
    ~OutputQueue();
    OutputQueue(const OutputQueue&) = delete;
    OutputQueue& operator=(const OutputQueue&) = delete;

    /// A piece, whole lines as a rule. Never waits for the reader.
    void push(std::string text);

    /// All that was given is written.
    [[nodiscard]] bool idle() const;

    /// Waits until all is written, as long as something is taken now and then; false when nothing was for so long.
    bool drain(std::chrono::milliseconds limit = patience);

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_;  ///< the thread's too
};

}  // namespace transload::logging
