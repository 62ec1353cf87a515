(* Mini-batches: what a step on one sample loses to the noise, along one line and on average over all. *)

From Coq Require Import Reals Lra Lia Psatz.
From Lemmas Require Import prelude statements library.

Open Scope R_scope.

Section Line.
Context {S : Type} (P : law S).

(* D_+ = a + rp and D_- = -a + rm are the changes of a sample ahead and behind; p and q how often they are < 0. *)

Lemma ahead (a rp rm : S -> R) p q mu e ahead behind rho :
  has P (fun X => if Rlt_dec (a X + rp X) 0 then 1 else 0) p ->
  has P (fun X => if Rlt_dec (- a X + rm X) 0 then 1 else 0) q ->
  has P a mu -> has P (fun X => Rabs (a X - mu)) e ->
  has P (fun X => a X + rp X) ahead -> has P (fun X => - a X + rm X) behind ->
  (forall X, - rho <= rp X <= rho /\ - rho <= rm X <= rho) -> 0 <= rho -> 0 <= mu ->
  p * ahead + q * behind <= e - mu + 3 / 2 * rho.
Proof.
  intros Hp Hq Ha He Hahead Hbehind Hr Hrho Hmu.
  assert (p01 : 0 <= p <= 1).
  { split; [apply (has_below P _ _ _ _ (has_constant P 0) Hp) | apply (has_below P _ _ _ _ Hp (has_constant P 1))];
      intros X; destruct Rlt_dec; lra. }
  assert (q01 : 0 <= q <= 1).
  { split; [apply (has_below P _ _ _ _ (has_constant P 0) Hq) | apply (has_below P _ _ _ _ Hq (has_constant P 1))];
      intros X; destruct Rlt_dec; lra. }
  assert (H := has_below P _ _ _ _
    (has_plus P _ _ _ _ (has_scale P mu _ _ Hp) (has_plus P _ _ _ _ (has_scale P (- mu) _ _ Hq)
      (has_plus P _ _ _ _ (has_scale P (-1) _ _ He) (has_plus P _ _ _ _ (has_scale P (1 - p + q) _ _ Ha)
        (has_plus P _ _ _ _ (has_scale P p _ _ Hahead) (has_scale P q _ _ Hbehind))))))
    (has_plus P _ _ _ _ (has_scale P (rho * (1 - 2 * p)) _ _ Hp)
      (has_plus P _ _ _ _ (has_scale P (- rho) _ _ Hq) (has_constant P (rho * (1 + p + q)))))).
  simpl in H.
  assert (0 <= rho * (1 - 2 * p) ^ 2) by (apply Rmult_le_pos; [auto | apply pow2_ge_0]).
  enough (mu * p + (- mu * q + (-1 * e + ((1 - p + q) * mu + (p * ahead + q * behind)))) <=
    rho * (1 - 2 * p) * p + (- rho * q + rho * (1 + p + q))) by lra.
  apply H. intros X. destruct (Hr X) as [[p1 p2] [m1 m2]].
  assert (0 <= p * (rho - rp X)) by nra. assert (0 <= (1 - p) * (rho + rp X)) by nra.
  assert (0 <= q * (rho - rm X)) by nra.
  unfold Rabs. destruct Rcase_abs, (Rlt_dec (a X + rp X) 0), (Rlt_dec (- a X + rm X) 0); lra.
Qed.

Lemma either_way (a rp rm : S -> R) p q mu e ahead_ behind rho :
  has P (fun X => if Rlt_dec (a X + rp X) 0 then 1 else 0) p ->
  has P (fun X => if Rlt_dec (- a X + rm X) 0 then 1 else 0) q ->
  has P a mu -> has P (fun X => Rabs (a X - mu)) e ->
  has P (fun X => a X + rp X) ahead_ -> has P (fun X => - a X + rm X) behind ->
  (forall X, - rho <= rp X <= rho /\ - rho <= rm X <= rho) -> 0 <= rho ->
  p * ahead_ + q * behind <= e - Rabs mu + 3 / 2 * rho.
Proof.
  intros Hp Hq Ha He Hahead Hbehind Hr Hrho. destruct (Rle_dec 0 mu) as [H | H].
  - rewrite Rabs_right by lra. eapply ahead; eauto.
  - rewrite Rabs_left by lra. rewrite (Rplus_comm (p * _)).
    apply (ahead (fun X => - a X) rm rp); auto; try lra.
    + apply (has_same P (fun X => if Rlt_dec (a X + rp X) 0 then 1 else 0)); auto. intros X.
      destruct Rlt_dec, Rlt_dec; lra.
    + apply (has_same P (fun X => -1 * a X)); [intros; ring |].
      replace (- mu) with (-1 * mu) by ring. apply has_scale; auto.
    + apply (has_same P (fun X => Rabs (a X - mu))); auto. intros X. rewrite <- Rabs_Ropp. f_equal. ring.
    + apply (has_same P (fun X => a X + rp X)); auto. intros; ring.
    + intros X. destruct (Hr X). auto.
Qed.

End Line.

(* The points y and z lie k u ahead of x and behind it; g_X is the gradient of a sample. *)

Section Pair.
Context {Sample : Type} (d : nat) (F : vec -> Sample -> R) (f : vec -> R) (P : law Sample) (gF : Sample -> vec).
Context (g x y z u : vec) (k rho noise : R).
Hypotheses (averages : forall v, integrable P (fun X => F v X) /\ f v = mean P (fun X => F v X))
  (gradients : forall i, (i < d)%nat -> has P (fun X => gF X i) (g i))
  (ahead_at : forall X, - rho <= F y X - F x X - k * inner d (gF X) u <= rho)
  (behind_at : forall X, - rho <= F z X - F x X + k * inner d (gF X) u <= rho)
  (error : has P (fun X => Rabs (k * inner d (gF X) u - k * inner d g u)) noise).

Let change v X := F v X - F x X.
Let kept v X := f (if Rlt_dec (F v X) (F x X) then v else x).
Let accepts v X := if Rlt_dec (F v X) (F x X) then 1 else 0.

Lemma slope : has P (fun X => k * inner d (gF X) u) (k * inner d g u).
Proof.
  apply has_scale. unfold inner. apply has_total. intros i Hi.
  apply (has_same P (fun X => u i * gF X i)); [intros; ring |].
  rewrite Rmult_comm. apply has_scale. auto.
Qed.

Lemma changes v : has P (change v) (f v - f x).
Proof. destruct (averages v), (averages x). apply has_minus; split; auto. Qed.

Lemma kept_mean v p : integrable P (kept v) -> has P (accepts v) p -> mean P (kept v) = f x + p * (f v - f x).
Proof.
  intros I H.
  assert (K := has_linear P (f v - f x) _ _ _ _ H (has_constant P (f x))).
  apply (has_same P _ (kept v)) in K; [rewrite (proj2 K); ring |].
  intros X. unfold kept, accepts. destruct Rlt_dec; ring.
Qed.

Lemma accepts_by (v : vec) (c : Sample -> R) p :
  (forall X, c X = change v X) -> has P (accepts v) p -> has P (fun X => if Rlt_dec (c X) 0 then 1 else 0) p.
Proof.
  intros E. apply has_same. intros X. specialize (E X). unfold accepts, change in *.
  destruct Rlt_dec, Rlt_dec; lra.
Qed.

Lemma pair :
  integrable P (kept y) -> integrable P (accepts y) -> integrable P (kept z) -> integrable P (accepts z) ->
  mean P (kept y) + mean P (kept z) <= 2 * f x + noise - Rabs (k * inner d g u) + 3 / 2 * rho.
Proof.
  intros Ky Ay Kz Az.
  rewrite (kept_mean y (mean P (accepts y))), (kept_mean z (mean P (accepts z))) by (auto; split; auto).
  assert (0 <= rho).
  { apply (has_below P (fun _ => 0) (fun _ => rho)); [apply has_constant | apply has_constant |].
    intros X. destruct (ahead_at X). lra. }
  enough (mean P (accepts y) * (f y - f x) + mean P (accepts z) * (f z - f x) <=
    noise - Rabs (k * inner d g u) + 3 / 2 * rho) by lra.
  apply (either_way P (fun X => k * inner d (gF X) u)
    (fun X => change y X - k * inner d (gF X) u) (fun X => change z X + k * inner d (gF X) u)); auto.
  - apply (accepts_by y); [intros; ring | split; auto].
  - apply (accepts_by z); [intros; ring | split; auto].
  - apply slope.
  - apply (has_same P (change y)); [intros; ring | apply changes].
  - apply (has_same P (change z)); [intros; ring | apply changes].
  - intros X. split; [apply ahead_at | apply behind_at].
Qed.

End Pair.

(* A point at c u from x, and a smooth sample. *)

Lemma near_line d (h : vec -> R) (g : vec -> vec) L x u c :
  (forall a b, - 1 / 2 * inner d (vplus (vscale (-1) a) b) (vplus (vscale (-1) a) b) * L
      + inner d (vplus (vscale (-1) a) b) (g a) + h a <= h b <=
    1 / 2 * inner d (vplus (vscale (-1) a) b) (vplus (vscale (-1) a) b) * L
      + inner d (vplus (vscale (-1) a) b) (g a) + h a) ->
  - (L * c ^ 2 * inner d u u / 2) <= h (vplus (vscale c u) x) - h x - c * inner d (g x) u
    <= L * c ^ 2 * inner d u u / 2.
Proof.
  intros smooth. destruct (smooth x (vplus (vscale c u) x)) as [low up]. expand_in low. expand_in up.
  rewrite (inner_symmetric d x u), (inner_symmetric d u (g x)) in low, up. split; lra.
Qed.

Theorem minibatch_pair : statements.minibatch_pair.
Proof.
  intros Sample d F f P u x L alpha gF g Hd smooth averages [Igrad Egrad] Ha Hu left_p acc_p left_m acc_m Inoise.
  refine (conj left_p (conj left_m (conj Inoise _))).
  pose proof (from_dimension d Hd) as HD. pose proof (sqrt_lt_R0 _ HD) as Hr.
  pose proof (sqrt_sqrt (INR d) (Rlt_le _ _ HD)) as Hrr.
  remember (sqrt (INR d)) as r eqn:Er. clear Er.
  assert (size : L * (/ r * alpha) ^ 2 * inner d u u / 2 = L * alpha ^ 2 / 2) by (rewrite Hu, <- Hrr; field; lra).
  assert (along : forall v, alpha * Rabs (inner d (vscale (/ r) u) v) = Rabs (/ r * alpha * inner d v u)).
  { intros v. rewrite <- (Rabs_pos_eq alpha) at 1 by lra. rewrite <- Rabs_mult. f_equal. expand.
    rewrite (inner_symmetric d u v). ring. }
  assert (H := pair d F f P (gF x) (g x) x (vplus (vscale (/ r * alpha) u) x) (vplus (vscale (-1 * / r * alpha) u) x)
    u (/ r * alpha) (L * alpha ^ 2 / 2)
    (alpha * mean P (fun X => Rabs (inner d (vscale (/ r) u) (vplus (vscale (-1) (g x)) (gF x X)))))
    averages (fun i Hi => conj (Igrad i Hi) (Egrad i Hi))).
  rewrite <- along in H.
  match type of H with ?A -> ?B -> ?C -> _ => assert (H1 : A); [| assert (H2 : B); [| assert (H3 : C)]] end.
  - intros X. rewrite <- size. apply (near_line d (fun v => F v X) (fun v => gF v X)), smooth.
  - intros X. rewrite <- size.
    replace (-1 * / r * alpha) with (- (/ r * alpha)) by ring.
    destruct (near_line d (fun v => F v X) (fun v => gF v X) L x u (- (/ r * alpha)) (smooth X)). simpl in *. split; lra.
  - apply (has_same P (fun X => alpha * Rabs (inner d (vscale (/ r) u) (vplus (vscale (-1) (g x)) (gF x X))))).
    + intros X. rewrite along. f_equal. expand. ring.
    + apply has_scale. split; auto.
  - specialize (H H1 H2 H3 left_p acc_p left_m acc_m). lra.
Qed.

Theorem minibatch_decrease : statements.minibatch_decrease.
Proof.
  intros Sample Gamma d F f P U x L alpha gF g Hd HG smooth averages [Igrad Egrad] Ha symmetric [I2 E2] lengths
    measurable [Ikept Ileft] (Ierror & Iaverage & Ieither & Iother & order) [Hnorm Inorm].
  destruct (lengths (g x)) as (Iabs & Hgg & Hgamma & Eabs).
  refine (conj Ikept (conj Ileft (conj Hgamma (conj Hnorm (conj Inorm (conj Hgg _)))))).
  pose proof (from_dimension d Hd) as HD. pose proof (sqrt_lt_R0 _ HD) as Hr.
  pose proof (sqrt_sqrt (INR d) (Rlt_le _ _ HD)) as Hrr. pose proof (sqrt_lt_R0 _ PI_RGT_0) as Hpi.
  remember (sqrt (INR d)) as r eqn:Er. clear Er.
  set (kept := fun v X => f (if Rlt_dec (F v X) (F x X) then v else x)).
  set (phi := fun u => mean P (kept (vplus (vscale (/ r * alpha) u) x))).
  destruct (symmetric phi Ileft) as (_ & Iminus & Eminus).
  set (noise := fun u => mean P (fun X => Rabs (inner d (vplus (vscale (-1) (g x)) (gF x X)) u))).
  assert (Hc : 0 < / r * alpha) by (apply Rmult_lt_0_compat; auto using Rinv_0_lt_compat).
  remember (/ r * alpha) as c eqn:Ec.
  assert (pairs : forall u, phi u + phi (vscale (-1) u) <=
    2 * f x + (c * noise u + (- c * Rabs (inner d u (g x)) + 3 / 4 * L * c ^ 2 * inner d u u))).
  { intros u.
    assert (H := pair d F f P (gF x) (g x) x (vplus (vscale c u) x) (vplus (vscale c (vscale (-1) u)) x)
      u c (L * c ^ 2 * inner d u u / 2) (c * noise u) averages (fun i Hi => conj (Igrad i Hi) (Egrad i Hi))).
    cbv beta in H. match type of H with ?A -> ?B -> ?C -> _ =>
      assert (H1 : A); [| assert (H2 : B); [| assert (H3 : C)]] end.
    - intros X. apply (near_line d (fun v => F v X) (fun v => gF v X)), smooth.
    - intros X.
      destruct (near_line d (fun v => F v X) (fun v => gF v X) L x (vscale (-1) u) c (smooth X)) as [H2 H3].
      expand_in H2. expand_in H3. split; lra.
    - apply (has_same P (fun X => c * Rabs (inner d (vplus (vscale (-1) (g x)) (gF x X)) u))).
      + intros X. rewrite <- (Rabs_pos_eq c) at 1 by lra. rewrite <- Rabs_mult. f_equal. expand. ring.
      + apply has_scale. split; auto.
    - destruct (measurable u) as [K A]. destruct (measurable (vscale (-1) u)) as [K' A'].
      specialize (H H1 H2 H3 K A K' A').
      rewrite Rabs_mult, (Rabs_pos_eq c), (inner_symmetric d (g x)) in H by lra. unfold phi, kept. lra. }
  assert (H := has_below U _ _ _ _
    (has_plus U _ _ _ _ (conj Ileft eq_refl : has U phi (mean U phi)) (conj Iminus eq_refl))
    (has_plus U _ _ _ _ (has_constant U (2 * f x)) (has_plus U _ _ _ _
      (has_scale U c _ _ (conj Iaverage eq_refl : has U noise (mean U noise)))
      (has_plus U _ _ _ _ (has_scale U (- c) _ _ (conj Iabs Eabs)) (has_scale U (3 / 4 * L * c ^ 2) _ _ (conj I2 E2)))))
    pairs).
  rewrite <- Eminus in H. change (mean U (fun u => phi u)) with (mean U phi) in H.
  assert (drawn : mean U noise = / sqrt PI * r * / Gamma (1 / 2 + 1 / 2 * INR d) * Gamma (1 / 2 * INR d) *
    mean P (fun X => sqrt (inner d (vplus (vscale (-1) (g x)) (gF x X)) (vplus (vscale (-1) (g x)) (gF x X))))).
  { unfold noise. rewrite order.
    match goal with |- _ = ?m * _ => assert (E := has_scale P m _ _ (conj Inorm eq_refl)) end.
    rewrite <- (proj2 E). apply mean_same; auto.
    intros X. destruct (lengths (vplus (vscale (-1) (g x)) (gF x X))) as (_ & _ & _ & E').
    rewrite (mean_same U _ (fun u => Rabs (inner d u (vplus (vscale (-1) (g x)) (gF x X))))) by
      (auto; intros; rewrite inner_symmetric; reflexivity).
    rewrite E'. ring. }
  rewrite drawn in H.
  match goal with |- ?l <= _ => change l with (mean U phi) end.
  remember (mean P (fun X => sqrt (inner d (vplus (vscale (-1) (g x)) (gF x X)) (vplus (vscale (-1) (g x)) (gF x X))))) as e.
  replace (3 / 4 * L * c ^ 2 * INR d) with (3 / 4 * L * alpha ^ 2) in H by (rewrite Ec, <- Hrr; field; lra).
  remember (sqrt (inner d (g x) (g x))) as n.
  replace (- c * (/ sqrt PI * n * r * / Gamma (1 / 2 + 1 / 2 * INR d) * Gamma (1 / 2 * INR d))) with
    (- (/ sqrt PI * n * / Gamma (1 / 2 + 1 / 2 * INR d) * alpha * Gamma (1 / 2 * INR d))) in H
    by (rewrite Ec; field; lra).
  replace (c * (/ sqrt PI * r * / Gamma (1 / 2 + 1 / 2 * INR d) * Gamma (1 / 2 * INR d) * e)) with
    (/ sqrt PI * / Gamma (1 / 2 + 1 / 2 * INR d) * e * alpha * Gamma (1 / 2 * INR d)) in H
    by (rewrite Ec; field; lra).
  lra.
Qed.
