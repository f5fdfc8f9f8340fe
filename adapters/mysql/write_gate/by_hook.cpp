#include "adapters/mysql/log_state.hpp"
#include "adapters/mysql/write_gate/open_transactions.hpp"
#include "adapters/mysql/write_gate/stop_method.hpp"

/// The hook alone stops the writers; it is believed when the log stands still.
namespace transload::mysql {
namespace {

/// How long a source that is expected to be still is watched before that is believed.
constexpr std::chrono::milliseconds stillness{1'000};

void wait_for_stillness(const JobSpec& spec, Connection& connection, RunControl& control) {
    const auto end = std::chrono::steady_clock::now() + spec.cutover.timeout;
    LogState before = read_log_state(connection);
    if (!before.known())
        throw Error(ErrorKind::refused, "cutover.position_unknown", spec.source.label(),
                    "the source's position can't be read, so that nobody can tell whether it takes writes",
                    "GRANT REPLICATION CLIENT ON *.* to the account, or use write_stop super_read_only");
    while (true) {
        control.sleep(stillness);
        LogState now = read_log_state(connection);
        if (now == before) return;
        if (std::chrono::steady_clock::now() > end)
            throw Error(ErrorKind::transient, "cutover.still_writing", spec.source.label(),
                        "the hook has returned, but the source is still being written to",
                        "let the hook stop every writer, or use write_stop super_read_only");
        before = std::move(now);
    }
}

class ByHook final : public StopMethod {
  public:
    [[nodiscard]] std::string name(bool) const override { return "hook"; }
    void look(Connection&, const JobSpec&, CutoverReport&, RunControl&) override {}

    void stop(Connection& source, const JobSpec& spec, const CutoverReport&, RunControl& control,
              const std::function<void()>& begins) override {
        begins();
        wait_for_stillness(spec, source, control);
        // A writer that was stopped between two statements has left something open that could still be committed.
        settle_open_transactions(source, spec, control);
    }

    [[nodiscard]] bool holds(Connection& source, const JobSpec& spec, const CutoverReport& record) override {
        // After the hand-over the stream back writes, and nothing but the hook's word tells the rest apart.
        if (record.state == WriteStopState::over && spec.cutover.reverse) return true;
        return read_log_state(source).position() == record.position;
    }

    void admit_stream(Connection&, const JobSpec&, RunControl&) override {}
    void release(Connection&, const CutoverReport&, RunControl&) override {}
};

}  // namespace

std::unique_ptr<StopMethod> stop_by_hook() { return std::make_unique<ByHook>(); }

}  // namespace transload::mysql
