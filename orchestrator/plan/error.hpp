#pragma once
#include <stdexcept>
#include <string>
#include <utility>

namespace transload {

/// What the caller can still do after an error.
enum class ErrorKind {
    usage,      ///< the words were wrong: nothing was started (exit code 2)
    refused,    ///< preflight says no: nothing was changed (exit code 3)
    transient,  ///< the same act may succeed when repeated on a fresh connection
    failed,     ///< repeating without a change will fail again
    in_doubt,   ///< the act may or may not have taken effect: probe before repeating
    cancelled,  ///< the user asked for it
};

/// An error that a user reads: which object, what happened, what to do about it.
/// `id` is stable and machine readable ("mysql.access_denied"), `message` is one sentence without secrets.
class Error : public std::runtime_error {
  public:
    Error(ErrorKind kind, std::string id, std::string object, const std::string& message, std::string remedy)
        : std::runtime_error(message),
          kind_(kind),
          id_(std::move(id)),
          object_(std::move(object)),
          remedy_(std::move(remedy)) {}

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const std::string& object() const noexcept { return object_; }
    [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }
    [[nodiscard]] std::string message() const { return what(); }

  private:
    ErrorKind kind_;
    std::string id_;
    std::string object_;
    std::string remedy_;
};

}  // namespace transload
