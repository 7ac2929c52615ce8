"""What every room uses: problems and their places, ids, the ROC calendar, office packages. No meetings here."""
