"""Where a person is along one axis, and how fast: a Kalman filter with time in seconds."""

from __future__ import annotations


class MotionFilter:
    """Position and velocity along one axis of the picture.

    Positions are in parts of the picture. How uncertain they are is kept in box sizes
    (widths for x, heights for y): people near the camera move and jitter more than those
    far away, but by the same share of their boxes.

    Attributes:
        position: Where the person was at the last measurement, in parts of the picture.
        velocity: In parts of the picture a second.

    Source:
        The Kalman filter for constant velocity with white noise of the acceleration, as in
        Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking and
        Navigation", 2001, chapter 6.
    """

    __slots__ = (
        "_acceleration",
        "_covariance",
        "_noise",
        "_position_variance",
        "_velocity_variance",
        "position",
        "velocity",
    )

    def __init__(self, position: float, *, noise: float, speed: float, acceleration: float) -> None:
        """Start at a first measurement, with unknown velocity.

        Args:
            position: In parts of the picture.
            noise: Standard deviation of a measurement, box sizes.
            speed: Standard deviation of a velocity that is not known yet, box sizes a second.
            acceleration: How much velocities change in a second, box sizes a second.
        """
        self.position = position
        self.velocity = 0.0
        self._noise = noise * noise
        self._acceleration = acceleration * acceleration
        self._position_variance = self._noise
        self._covariance = 0.0
        self._velocity_variance = speed * speed

    def expected(self, after_s: float) -> float:
        """Return where the person will be, in parts of the picture."""
        return self.position + self.velocity * after_s

    def spread(self, after_s: float) -> float:
        """Return the standard deviation of a measurement from what is expected, box sizes."""
        return float((self._variance(after_s) + self._noise) ** 0.5)

    def measured(self, position: float, after_s: float) -> None:
        """Take in a measurement so many seconds after the last one; 0 is allowed."""
        variance = self._variance(after_s)
        covariance = (
            self._covariance
            + after_s * self._velocity_variance
            + self._acceleration * after_s**2 / 2
        )
        velocity_variance = self._velocity_variance + self._acceleration * after_s
        total = variance + self._noise
        error = position - self.expected(after_s)
        self.position = self.expected(after_s) + variance / total * error
        self.velocity += covariance / total * error
        self._position_variance = variance * self._noise / total
        self._covariance = covariance * self._noise / total
        self._velocity_variance = velocity_variance - covariance**2 / total

    def _variance(self, after_s: float) -> float:
        """Return the variance of the expected position, box sizes squared."""
        return (
            self._position_variance
            + 2 * after_s * self._covariance
            + after_s**2 * self._velocity_variance
            + self._acceleration * after_s**3 / 3
        )
