#pragma once
#include <compare>
#include <string>
#include <utility>

namespace transload {

/// Identity of a job: letters, digits and '-' only, so that it is safe in paths, URLs and SQL comments.
class JobId {
  public:
    JobId() = default;
    explicit JobId(std::string value) : value_(std::move(value)) {}
    [[nodiscard]] const std::string& str() const noexcept { return value_; }
    [[nodiscard]] bool valid() const noexcept;
    friend bool operator==(const JobId&, const JobId&) = default;
    friend auto operator<=>(const JobId&, const JobId&) = default;

  private:
    std::string value_;
};

}  // namespace transload
