"""What leaves the house: releases, mails, the public edition, and what changed in between."""
