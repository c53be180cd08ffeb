-- A receipt's page lists the published cases that its holder follows.
CREATE INDEX case_followers_follower ON case_followers (town_id, follower, at);
